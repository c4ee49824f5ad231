package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows each backend by the token in a cookie; asks another picker for clients that have none, or whose backend cannot be
 * had. All tokens and cookies are made with the picker.
 */
final class StickyPicker implements Picker {
    private record Entry(String token, Backend backend) {}

    private final String cookieName;
    private final Picker over;
    /** By the token's hash, at most half full; a slot that is taken gives way to the next one. */
    private final @Nullable Entry[] entries;

    private final Map<Backend, String> setCookies = new HashMap<>();

    private StickyPicker(String cookieName, Picker over, int backends) {
        this.cookieName = cookieName;
        this.over = over;
        this.entries = new Entry[Integer.highestOneBit(backends) * 4];
    }

    static Picker of(Eligibility eligible, Picker over, StickyCookie cookie, TokenSigner signer) {
        int backends = eligible.tiers().stream()
                .mapToInt(tier -> tier.candidates().size())
                .sum();
        if (backends == 0) {
            return EMPTY;
        }
        List<Backend> resting = eligible.resting();
        StickyPicker picker = new StickyPicker(cookie.name(), over, backends + resting.size());
        for (Backend backend : resting) { // it keeps the clients that it has
            picker.enter(new Entry(signer.token(backend), backend));
        }
        for (Eligibility.Tier tier : eligible.tiers()) {
            for (Candidate candidate : tier.candidates()) {
                Entry entry = new Entry(signer.token(candidate.backend()), candidate.backend());
                picker.enter(entry);
                picker.setCookies.put(entry.backend, cookie.setCookie(entry.token));
            }
        }
        return picker;
    }

    private void enter(Entry entry) {
        int slot = slot(entry.token, 0, entry.token.length());
        while (entries[slot] != null) {
            slot = slot + 1 & entries.length - 1;
        }
        entries[slot] = entry;
    }

    @Override
    public @Nullable Backend pick(PickContext context) {
        Backend known = known(context.header("cookie"));
        if (known != null && !context.tried(known)) {
            return known;
        }
        Backend chosen = over.pick(context);
        String setCookie = chosen == null ? null : setCookies.get(chosen);
        if (setCookie != null) {
            context.setCookie(setCookie);
        }
        return chosen;
    }

    /** @return null if the cookie is not there, forged, or of a backend that gets no traffic */
    private @Nullable Backend known(@Nullable CharSequence cookies) {
        long range = cookies == null ? TextRange.NONE : TextRange.ofCookie(cookies, cookieName);
        if (cookies == null || range == TextRange.NONE) {
            return null;
        }
        int start = TextRange.start(range);
        int end = TextRange.end(range);
        if (end - start != TokenSigner.TOKEN_LENGTH) {
            return null;
        }
        for (int slot = slot(cookies, start, end); ; slot = slot + 1 & entries.length - 1) {
            Entry entry = entries[slot];
            if (entry == null) {
                return null;
            }
            if (stands(entry.token, cookies, start)) {
                return entry.backend;
            }
        }
    }

    private int slot(CharSequence text, int start, int end) {
        return (int) XxHash64.of(text, start, end, 0) & entries.length - 1;
    }

    private static boolean stands(String token, CharSequence text, int start) {
        for (int i = 0; i < token.length(); i++) {
            if (token.charAt(i) != text.charAt(start + i)) {
                return false;
            }
        }
        return true;
    }
}
