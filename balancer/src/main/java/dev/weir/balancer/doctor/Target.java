package dev.weir.balancer.doctor;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The backend's URL.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 * @param path begins with a slash; with the query, if any
 */
public record Target(boolean tls, String host, int port, String path) {
    private static final Pattern URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(#.*)?");
    private static final Pattern USER = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)?[^?#]*@");
    private static final Pattern BRACKETS = Pattern.compile("\\[([^\\[\\]]*)](?::(.*))?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})");
    private static final Pattern ADDRESS_V4 = Pattern.compile("[0-9]+(\\.[0-9]+)*");
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]*");

    /** @throws IllegalArgumentException with a message for users, if that is no URL of a backend */
    public static Target parse(String url) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            throw wrong(url, "is not a URL; expected http://HOST[:PORT][/PATH], such as http://10.0.3.7:8080/healthz");
        }
        boolean tls = scheme(url, matcher.group(1));
        if (matcher.group(4) != null) {
            throw wrong(url, "has a fragment, which is never sent; leave out '" + matcher.group(4) + "'");
        }
        String authority = matcher.group(2);
        if (authority.indexOf('@') >= 0) {
            throw wrong(url, "carries user information, which no balancer passes on; leave out everything up to the @");
        }
        String path = path(url, matcher.group(3));
        Matcher brackets = BRACKETS.matcher(authority);
        if (brackets.matches()) {
            return new Target(tls, literal(url, brackets.group(1)), port(url, brackets.group(2), tls), path);
        }
        int colon = authority.indexOf(':');
        if (colon != authority.lastIndexOf(':')) {
            throw wrong(url, "has more than one colon; an IPv6 address goes in brackets, as in http://[::1]:8080");
        }
        String host = colon < 0 ? authority : authority.substring(0, colon);
        return new Target(
                tls, host(url, host), port(url, colon < 0 ? null : authority.substring(colon + 1), tls), path);
    }

    private static boolean scheme(String url, String scheme) {
        return switch (scheme.toLowerCase(java.util.Locale.ROOT)) {
            case "http" -> false;
            case "https" -> true;
            default -> throw wrong(url, "has the scheme '" + scheme + "'; expected http or https");
        };
    }

    private static String host(String url, String host) {
        if (host.isEmpty()) {
            throw wrong(url, "names no host");
        }
        if (!NAME.matcher(host).matches()) {
            throw wrong(url, "has the host '" + host + "'; expected a name, an IPv4 address, or [an IPv6 address]");
        }
        if (ADDRESS_V4.matcher(host).matches() && !isAddress(host)) {
            throw wrong(url, "has the host '" + host + "', which is no IPv4 address");
        }
        return host;
    }

    private static String literal(String url, String host) {
        if (host.indexOf(':') < 0 || !isAddress(host)) {
            throw wrong(url, "has '" + host + "' in brackets, which is no IPv6 address");
        }
        return host;
    }

    private static boolean isAddress(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int port(String url, @org.jspecify.annotations.Nullable String text, boolean tls) {
        if (text == null) {
            return tls ? 443 : 80;
        }
        if (text.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        }
        throw wrong(url, "has the port '" + text + "'; expected a number from 1 to 65535");
    }

    private static String path(String url, String path) {
        if (!VISIBLE.matcher(path).matches()) {
            throw wrong(url, "has blanks or characters outside ASCII in its path; write them as %20 and the like");
        }
        return path.startsWith("/") ? path : "/" + path;
    }

    private static IllegalArgumentException wrong(String url, String what) {
        return new IllegalArgumentException(Printable.of("'" + masked(url) + "' " + what));
    }

    /** Without what may be a password: what is printed here ends in a log. */
    private static String masked(String url) {
        return USER.matcher(url).replaceFirst("$1***@");
    }

    /** The same backend, another path. */
    public Target withPath(String other) {
        return new Target(tls, host, port, path(other, other));
    }

    boolean isLiteral() {
        return host.indexOf(':') >= 0 || ADDRESS_V4.matcher(host).matches();
    }

    /** Without the dot that makes a name complete: SNI (RFC 6066 section 3), certificates and hosts files have none. */
    String plainHost() {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    String scheme() {
        return tls ? "https" : "http";
    }

    /** The other scheme, for advice. */
    Target otherScheme() {
        return new Target(!tls, host, port, path);
    }

    /** {@code host:port}, as balancers name a backend. */
    String authority() {
        return bracketed() + ":" + port;
    }

    /** As in a Host field: without the scheme's own port. */
    String hostField() {
        return port == (tls ? 443 : 80) ? bracketed() : authority();
    }

    private String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** Without the path: what stands in a configuration. */
    String origin() {
        return scheme() + "://" + authority();
    }

    @Override
    public String toString() {
        return origin() + path;
    }
}
