package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.PickContext;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What of a request decides where it goes. Neither blocks nor allocates. */
@FunctionalInterface
interface HashKey {
    /** The request does not have what was asked for, or it is empty. */
    long MISSING = 0;

    String EXPECTED = "source, path, header:NAME, cookie:NAME or query:NAME";

    /** A token of RFC 9110 section 5.6.2. */
    Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** @return {@link #MISSING}, or any other number */
    long hash(PickContext context);

    /**
     * The option {@code hash-on}.
     *
     * @throws IllegalArgumentException if it is none of the known ones
     */
    static HashKey of(Options options) {
        String text = options.text("hash-on", "source");
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String name = colon < 0 ? null : text.substring(colon + 1);
        HashKey key = name == null ? unnamed(kind) : named(kind, name);
        if (key == null) {
            throw Options.wrong("hash-on", text, "is not known", EXPECTED);
        }
        return key;
    }

    private static @Nullable HashKey unnamed(String kind) {
        return switch (kind) {
            case "source" -> context -> hash(context.clientAddress());
            case "path" -> context -> hash(context.target(), TextRange.ofPath(context.target()));
            default -> null;
        };
    }

    private static @Nullable HashKey named(String kind, String name) {
        return switch (kind) {
            case "header" -> header(token(kind, name).toLowerCase(Locale.ROOT));
            case "cookie" -> cookie(token(kind, name));
            case "query" -> query(name);
            default -> null;
        };
    }

    private static String token(String kind, String name) {
        if (!TOKEN.matcher(name).matches()) {
            throw Options.wrong("hash-on", kind + ":" + name, "does not name a " + kind, kind + ":NAME");
        }
        return name;
    }

    private static HashKey header(String name) {
        return context -> hash(context.header(name));
    }

    private static HashKey cookie(String name) {
        return context -> {
            CharSequence cookies = context.header("cookie");
            return cookies == null ? MISSING : hash(cookies, TextRange.ofCookie(cookies, name));
        };
    }

    private static HashKey query(String name) {
        if (name.isEmpty()) {
            throw Options.wrong("hash-on", "query:", "does not name a query parameter", "query:NAME");
        }
        return context -> hash(context.target(), TextRange.ofQuery(context.target(), name));
    }

    private static long hash(@Nullable CharSequence text) {
        return text == null ? MISSING : hash(text, 0, text.length());
    }

    private static long hash(CharSequence text, long range) {
        return range == TextRange.NONE ? MISSING : hash(text, TextRange.start(range), TextRange.end(range));
    }

    private static long hash(CharSequence text, int start, int end) {
        if (start == end) {
            return MISSING; // all that have nothing to tell them apart must not go to one backend
        }
        long hash = XxHash64.of(text, start, end, 0);
        return hash == MISSING ? 1 : hash;
    }

    /** Where among the tiers' shares the request stands; independent of where it stands inside a tier. */
    default double place(PickContext context) {
        long hash = hash(context);
        return hash == MISSING ? Environment.ANYWHERE : (XxHash64.mix(hash + 1) >>> 11) * 0x1p-53;
    }
}
