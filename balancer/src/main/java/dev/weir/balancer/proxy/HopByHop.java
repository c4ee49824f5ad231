package dev.weir.balancer.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;

/** Removes the fields that are meant for one connection only: RFC 9110 section 7.6.1. */
final class HopByHop {
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
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

    /**
     * Of trailers, which some recipients take for header fields: also those that direct the message or tell where it came
     * from. The parser has removed those that delimit it.
     */
    static void stripTrailers(HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            strip(trailers);
            trailers.remove(HttpHeaderNames.HOST);
            ForwardedHeaders.remove(trailers);
        }
    }

    private static void strip(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            Iterator<? extends CharSequence> lines = headers.valueCharSequenceIterator(HttpHeaderNames.CONNECTION);
            while (lines.hasNext()) {
                removeNamed(headers, lines.next());
            }
            headers.remove(HttpHeaderNames.CONNECTION);
        }
        headers.remove(KeepAliveField.NAME);
        headers.remove(PROXY_CONNECTION);
        headers.remove(HttpHeaderNames.UPGRADE);
        headers.remove(HttpHeaderNames.TE);
    }

    private static void removeNamed(HttpHeaders headers, CharSequence connection) {
        if (KeepAliveField.NAME.contentEqualsIgnoreCase(connection)
                || HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(connection)) {
            return; // nearly always
        }
        for (String option : connection.toString().split(",", -1)) {
            String name = option.trim();
            if (mayBeNamed(name)) {
                headers.remove(name);
            }
        }
    }

    /** A sender may name any field, but not take away what delimits or directs the message. */
    private static boolean mayBeNamed(String name) {
        return !name.isEmpty()
                && !HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
                && !HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                && !HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)
                && !HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name);
    }
}
