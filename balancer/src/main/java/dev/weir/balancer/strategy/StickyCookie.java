package dev.weir.balancer.strategy;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How the cookie looks (RFC 6265 section 4.1).
 *
 * @param name a token
 * @param attributes what follows the value, with the leading semicolon
 */
record StickyCookie(String name, String attributes) {
    private static final Pattern PATH = Pattern.compile("/[\\x20-\\x3A\\x3C-\\x7E]*");

    static StickyCookie of(Options options) {
        String name = options.text("cookie", "weir");
        if (!HashKey.TOKEN.matcher(name).matches()) {
            throw Options.wrong("cookie", name, "is no name for a cookie", "letters, digits, dashes");
        }
        String path = options.text("path", "/");
        if (!PATH.matcher(path).matches()) {
            throw Options.wrong("path", path, "is no path for a cookie", "a path that begins with /, without ;");
        }
        boolean secure = options.flag("secure", false);
        String sameSite = options.word("same-site", "lax", "strict", "none");
        if (sameSite.equals("none") && !secure) {
            throw Options.wrong("same-site", "none", "is refused by browsers without Secure", "also secure: true");
        }
        checkPrefix(name, path, secure);
        Duration ttl = options.duration("ttl", "1s", "9600h"); // browsers keep none for more than 400 days
        String attributes = "; Path=" + path
                + (ttl == null ? "" : "; Max-Age=" + ttl.toSeconds())
                + "; SameSite=" + Character.toUpperCase(sameSite.charAt(0)) + sameSite.substring(1)
                + (secure ? "; Secure" : "")
                + (options.flag("http-only", true) ? "; HttpOnly" : "");
        return new StickyCookie(name, attributes);
    }

    /** Browsers drop cookies with these prefixes without a word unless they are what the prefix says (RFC 6265bis). */
    private static void checkPrefix(String name, String path, boolean secure) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean host = lower.startsWith("__host-");
        if ((host || lower.startsWith("__secure-")) && !secure) {
            throw Options.wrong("cookie", name, "is refused by browsers without Secure", "also secure: true");
        }
        if (host && !path.equals("/")) {
            throw Options.wrong("cookie", name, "is refused by browsers with another path than /", "path: /");
        }
    }

    /** The value of a {@code Set-Cookie} field. */
    String setCookie(String token) {
        return name + "=" + token + attributes;
    }
}
