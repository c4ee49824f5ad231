package dev.weir.balancer.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where to listen, and where backends are. */
final class AddressSyntax {
    /** RFC 9110 section 4.2.1. */
    private static final int HTTP_PORT = 80;

    private static final int DNS_PORT = 53;

    /** Hazelcast's default. */
    private static final int CLUSTER_PORT = 5701;

    private static final int MAX_PORT = 65535;
    private static final int MAX_NAME = 253; // RFC 1035

    private static final String HOST = "\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+";
    private static final Pattern AUTHORITY = Pattern.compile("(" + HOST + ")(?::([0-9]{1,5}))?");
    private static final Pattern URL = Pattern.compile("(?:([A-Za-z][A-Za-z0-9+.-]*)://)?([^/?#]*)(.*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?");
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");

    /** {@code host:port}; port 0 takes a free one. */
    static final Scalar<Address> LISTEN = Scalars.parsed(
            "(" + HOST + "):[0-9]{1,5}",
            "an address and a port, such as 0.0.0.0:8080 or \"[::1]:8080\"",
            AddressSyntax::parseListen);

    /** {@code http://host[:port]}. */
    static final Scalar<Address> BACKEND = Scalars.parsed(
            "http://(" + HOST + ")(:[0-9]{1,5})?", "a URL such as http://127.0.0.1:9001", AddressSyntax::parseBackend);

    /** {@code ip[:port]}; an IPv6 address in brackets if a port follows. */
    static final Scalar<Address> NAME_SERVER = Scalars.parsed(
            "[0-9.]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+\\](:[0-9]{1,5})?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+",
            "the IP address of a name server, such as 10.96.0.10 or 127.0.0.1:5353",
            AddressSyntax::parseNameServer);

    /** {@code host[:port]} of a balancer node; an IPv6 address in brackets if a port follows. */
    static final Scalar<Address> PEER = Scalars.parsed(
            "(" + HOST + ")(:[0-9]{1,5})?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+",
            "the address or name of a node, such as 10.0.0.1, 10.0.0.1:5701 or weir-peers",
            AddressSyntax::parsePeer);

    private AddressSyntax() {}

    private static Address parsePeer(String text) {
        String example = "one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers";
        Matcher matcher = AUTHORITY.matcher(text);
        boolean bare = IpLiteral.isIpv6(text);
        if (!bare && !matcher.matches()) {
            throw Scalars.wrong(text, "is not the address of a node", example);
        }
        Address address = bare
                ? new Address(text.toLowerCase(Locale.ROOT), CLUSTER_PORT)
                : address(text, matcher, 1, CLUSTER_PORT);
        if (address.isWildcard()) {
            throw Scalars.wrong(text, "stands for every address", example);
        }
        return address;
    }

    private static Address parseNameServer(String text) {
        if (IpLiteral.isIpv6(text)) {
            return new Address(text.toLowerCase(Locale.ROOT), DNS_PORT);
        }
        Matcher matcher = AUTHORITY.matcher(text);
        String host = matcher.matches() ? host(matcher.group(1)) : null;
        if (host == null || IpLiteral.parse(host) == null) {
            throw Scalars.wrong(
                    text, "is not the address of a name server", "an IP address, such as 10.96.0.10 or 127.0.0.1:5353");
        }
        return address(text, matcher, 1, DNS_PORT);
    }

    private static Address parseListen(String text) {
        Matcher matcher = AUTHORITY.matcher(text);
        if (!matcher.matches() || matcher.group(2) == null) {
            throw Scalars.wrong(text, "is not an address with a port", "one such as 0.0.0.0:8080 or \"[::1]:8080\"");
        }
        return address(text, matcher, 0, HTTP_PORT);
    }

    private static Address parseBackend(String text) {
        Matcher url = URL.matcher(text);
        String example = "a URL such as http://127.0.0.1:9001";
        if (!url.matches() || url.group(1) == null) {
            throw Scalars.wrong(text, "has no scheme", example);
        }
        if (url.group(1).equals("https")) {
            throw new IllegalArgumentException(Quote.text(text) + ": TLS to backends is not supported yet; use http");
        }
        if (!url.group(1).equals("http")) {
            throw Scalars.wrong(text, "has a scheme other than http", example);
        }
        if (url.group(2).contains("@")) { // not quoted: it may carry a password
            throw new IllegalArgumentException(
                    "the URL has user information, which is not supported; expected " + example);
        }
        if (!url.group(3).isEmpty()) {
            throw Scalars.wrong(text, "has a path or query, which is not supported", "only scheme, host and port");
        }
        Matcher authority = AUTHORITY.matcher(url.group(2));
        if (!authority.matches()) {
            throw Scalars.wrong(text, "names no valid host and port", example);
        }
        return address(text, authority, 1, HTTP_PORT);
    }

    private static Address address(String text, Matcher authority, int minPort, int defaultPort) {
        String port = authority.group(2);
        int number = port == null ? defaultPort : Integer.parseInt(port);
        if (number < minPort || number > MAX_PORT) {
            throw Scalars.wrong(text, "has a port out of range", minPort + " to " + MAX_PORT);
        }
        String host = host(authority.group(1));
        if (host == null) {
            throw Scalars.wrong(text, "has a host that is neither a name nor an IP address", "one such as 127.0.0.1");
        }
        return new Address(host, number);
    }

    /** @return in lower case, without brackets; null if it is neither a name nor an address */
    static @Nullable String host(String written) {
        String host = written.toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            String literal = host.substring(1, host.length() - 1);
            return IpLiteral.isIpv6(literal) ? literal : null;
        }
        boolean valid = DIGITS_AND_DOTS.matcher(host).matches() ? IpLiteral.isIpv4(host) : isName(host);
        return valid ? host : null;
    }

    private static boolean isName(String written) {
        // A final dot says that the name is complete: no search domain is tried (RFC 1034 section 3.1).
        String host = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
        if (host.length() > MAX_NAME) {
            return false;
        }
        for (String label : host.split("\\.", -1)) {
            if (label.length() > 63 || !NAME.matcher(label).matches()) {
                return false;
            }
        }
        return true;
    }
}
