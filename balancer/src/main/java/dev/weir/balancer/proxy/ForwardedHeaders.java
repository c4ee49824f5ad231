package dev.weir.balancer.proxy;

import dev.weir.balancer.config.Cidr;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
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
    static final AsciiString VIA = AsciiString.cached("1.1 weir");

    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString X_FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
    private static final AsciiString X_FORWARDED_PREFIX = AsciiString.cached("x-forwarded-prefix");
    private static final AsciiString X_REAL_IP = AsciiString.cached("x-real-ip");
    private static final AsciiString HTTP = AsciiString.cached("http");

    private final List<Cidr> trusted;
    private final boolean trustedPeer;
    private final String peer;
    private final String port;
    private String lastHost = "";
    private String lastForwarded = "";

    ForwardedHeaders(InetSocketAddress peer, InetSocketAddress local, List<Cidr> trusted) {
        this.trusted = trusted;
        this.trustedPeer = isTrusted(peer.getAddress(), trusted);
        this.peer = peer.getAddress().getHostAddress();
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
                String address = addresses[j].trim();
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

    /** Writes the fields into a request that goes to a backend. */
    void write(HttpHeaders headers, @Nullable String host) {
        if (trustedPeer) {
            append(headers, X_FORWARDED_FOR, peer);
            append(headers, FORWARDED, forwarded(host));
            setIfAbsent(headers, X_FORWARDED_PROTO, HTTP);
            setIfAbsent(headers, X_FORWARDED_PORT, port);
            if (host != null) {
                setIfAbsent(headers, X_FORWARDED_HOST, host);
            }
        } else {
            headers.set(X_FORWARDED_FOR, peer);
            headers.set(FORWARDED, forwarded(host));
            headers.set(X_FORWARDED_PROTO, HTTP);
            headers.set(X_FORWARDED_PORT, port);
            headers.remove(X_REAL_IP);
            headers.remove(X_FORWARDED_PREFIX);
            if (host == null) {
                headers.remove(X_FORWARDED_HOST);
            } else {
                headers.set(X_FORWARDED_HOST, host);
            }
        }
        headers.add(HttpHeaderNames.VIA, VIA);
    }

    private String forwarded(@Nullable String host) {
        String name = host == null ? "" : host;
        if (!name.equals(lastHost) || lastForwarded.isEmpty()) {
            lastHost = name;
            String node = peer.indexOf(':') >= 0 ? "\"[" + peer + "]\"" : peer;
            lastForwarded = "for=" + node + (name.isEmpty() ? "" : ";host=" + quoted(name)) + ";proto=http";
        }
        return lastForwarded;
    }

    /** A host with a port or an IPv6 address is no token, and must be quoted: RFC 7239 section 4. */
    private static String quoted(String host) {
        return host.indexOf(':') >= 0 ? '"' + host + '"' : host;
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
