package dev.weir.balancer.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/** Removes the fields that are meant for one connection only: RFC 9110 section 7.6.1. */
final class HopByHop {
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

    private HopByHop() {}

    /** Of a request, keeps that the client accepts trailers, which is passed on. */
    static void stripRequest(HttpHeaders headers) {
        boolean trailers = headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
        strip(headers);
        headers.remove(HTTP2_SETTINGS);
        headers.remove(HttpHeaderNames.PROXY_AUTHORIZATION);
        if (trailers) {
            headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
        }
    }

    static void stripResponse(HttpHeaders headers) {
        strip(headers);
    }

    private static void strip(HttpHeaders headers) {
        String connection = headers.get(HttpHeaderNames.CONNECTION);
        if (connection != null) {
            if (!KEEP_ALIVE.contentEqualsIgnoreCase(connection)
                    && !HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(connection)) {
                for (String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
                    for (String name : line.split(",", -1)) {
                        removeNamed(headers, name.trim());
                    }
                }
            }
            headers.remove(HttpHeaderNames.CONNECTION);
        }
        headers.remove(KEEP_ALIVE);
        headers.remove(PROXY_CONNECTION);
        headers.remove(HttpHeaderNames.UPGRADE);
        headers.remove(HttpHeaderNames.TE);
    }

    /** A sender may name any field, but not take away what delimits or directs the message. */
    private static void removeNamed(HttpHeaders headers, String name) {
        if (!name.isEmpty()
                && !HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
                && !HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                && !HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)
                && !HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name)) {
            headers.remove(name);
        }
    }
}
