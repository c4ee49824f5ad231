package dev.weir.balancer.proxy;

import dev.weir.balancer.config.Cidr;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells backends who asked: {@code Forwarded} (RFC 7239), the {@code X-Forwarded-*} fields and {@code Via} (RFC 9110
 * section 7.6.3). What a client says of itself is believed, and added to, only if it is a trusted proxy; else it is
 * replaced.
 *
 * <p>One for each client connection, on its event loop. What does not change between its requests is built once.
 */
final class ForwardedHeaders {
    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString X_FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
    private static final AsciiString X_FORWARDED_PREFIX = AsciiString.cached("x-forwarded-prefix");
    private static final AsciiString X_REAL_IP = AsciiString.cached("x-real-ip");
    private static final AsciiString HTTP = AsciiString.cached("http");

    private final List<Cidr> trusted;
    private final Via via;
    private final boolean trustedPeer;
    private final String peer;
    private final String port;
    private String lastHost = "";
    private String lastForwarded = "";

    ForwardedHeaders(InetSocketAddress peer, InetSocketAddress local, List<Cidr> trusted, Via via) {
        this.trusted = trusted;
        this.via = via;
        this.trustedPeer = isTrusted(peer.getAddress(), trusted);
        this.peer = NetUtil.toAddressString(peer.getAddress());
        this.port = Integer.toString(local.getPort());
    }

    /** The connection's peer, without its port. */
    String peer() {
        return peer;
    }

    /**
     * Who really asks: the last address in {@code X-Forwarded-For} that is no trusted proxy's, if the peer is one; else the
     * peer.
     */
    String clientAddress(HttpHeaders headers) {
        if (!trustedPeer) {
            return peer;
        }
        List<String> lines = headers.getAll(X_FORWARDED_FOR);
        String leftmost = peer;
        for (int i = lines.size() - 1; i >= 0; i--) {
            String[] addresses = lines.get(i).split(",", -1);
            for (int j = addresses.length - 1; j >= 0; j--) {
                String address = withoutPort(addresses[j].trim());
                InetAddress parsed = parse(address);
                if (parsed == null) {
                    return leftmost;
                }
                leftmost = address;
                if (!isTrusted(parsed, trusted)) {
                    return address;
                }
            }
        }
        return leftmost;
    }

    /**
     * Writes the fields into a request that goes to a backend.
     *
     * @param version that the client speaks
     * @param host null or empty: the client named none
     */
    void write(HttpHeaders headers, HttpVersion version, @Nullable String host) {
        String name = host == null ? "" : host;
        if (trustedPeer) {
            append(headers, X_FORWARDED_FOR, peer);
            append(headers, FORWARDED, forwarded(name));
            setIfAbsent(headers, X_FORWARDED_PROTO, HTTP);
            setIfAbsent(headers, X_FORWARDED_PORT, port);
            if (!name.isEmpty()) {
                setIfAbsent(headers, X_FORWARDED_HOST, name);
            }
        } else {
            headers.set(X_FORWARDED_FOR, peer);
            headers.set(FORWARDED, forwarded(name));
            headers.set(X_FORWARDED_PROTO, HTTP);
            headers.set(X_FORWARDED_PORT, port);
            headers.remove(X_REAL_IP);
            headers.remove(X_FORWARDED_PREFIX);
            if (name.isEmpty()) {
                headers.remove(X_FORWARDED_HOST);
            } else {
                headers.set(X_FORWARDED_HOST, name);
            }
        }
        headers.add(HttpHeaderNames.VIA, via.ofRequest(version));
    }

    /** Removes whatever is said here of who asked. */
    static void remove(HttpHeaders headers) {
        headers.remove(FORWARDED);
        headers.remove(X_FORWARDED_FOR);
        headers.remove(X_FORWARDED_HOST);
        headers.remove(X_FORWARDED_PROTO);
        headers.remove(X_FORWARDED_PORT);
        headers.remove(X_FORWARDED_PREFIX);
        headers.remove(X_REAL_IP);
    }

    private String forwarded(String name) {
        if (!name.equals(lastHost) || lastForwarded.isEmpty()) {
            lastHost = name;
            String node = peer.indexOf(':') >= 0 ? "\"[" + peer + "]\"" : peer;
            lastForwarded = "for=" + node + (name.isEmpty() ? "" : ";host=" + quoted(name)) + ";proto=http";
        }
        return lastForwarded;
    }

    /** What is no token must be quoted (RFC 7239 section 4), or a client could add elements of its own. */
    private static String quoted(String host) {
        return HttpHeaderValidationUtil.validateToken(host) < 0
                ? host
                : '"' + host + '"'; // no host has quotes or backslashes in it
    }

    private static void append(HttpHeaders headers, AsciiString name, String value) {
        List<String> before = headers.getAll(name);
        headers.set(name, before.isEmpty() ? value : String.join(", ", before) + ", " + value);
    }

    private static void setIfAbsent(HttpHeaders headers, AsciiString name, CharSequence value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }

    /** Some proxies add the client's port. */
    private static String withoutPort(String node) {
        if (node.startsWith("[")) {
            int end = node.indexOf(']');
            return end < 0 ? node : node.substring(1, end);
        }
        int colon = node.indexOf(':');
        return colon >= 0 && colon == node.lastIndexOf(':') ? node.substring(0, colon) : node;
    }

    private static @Nullable InetAddress parse(String literal) {
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isTrusted(InetAddress address, List<Cidr> trusted) {
        for (Cidr range : trusted) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
