package dev.weir.balancer.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a request's head that the parser leaves to its user, so that what is forwarded cannot be understood in two
 * ways: RFC 9112 sections 3 and 6.
 */
final class RequestHead {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private RequestHead() {}

    /**
     * Checks what the parser made of a head, and brings the target into origin form.
     *
     * @param maxBody bytes; 0: no limit
     * @return what the client did wrong, or null
     */
    static @Nullable Rejection check(HttpRequest request, long maxBody) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            return new Rejection(statusOf(cause), reasonOf(cause), true);
        }
        return normalize(request, maxBody);
    }

    /**
     * Checks the head and brings the target into origin form.
     *
     * @param maxBody bytes; 0: no limit
     * @return what the client did wrong, or null
     */
    static @Nullable Rejection normalize(HttpRequest request, long maxBody) {
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1) { // what follows, such as the frames of HTTP/2, is no request of HTTP/1.1
            return new Rejection(
                    HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "only HTTP/1.0 and HTTP/1.1 are spoken here", true);
        }
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
            return new Rejection(HttpResponseStatus.METHOD_NOT_ALLOWED, "this method is not served here", false);
        }
        if (maxBody != 0 && HttpUtil.getContentLength(request, 0L) > maxBody) {
            return new Rejection(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    "the body is longer than " + maxBody + " bytes",
                    false);
        }
        Rejection framing = framing(request);
        if (framing != null) {
            return framing;
        }
        Rejection host = host(request);
        return host == null ? target(request) : host;
    }

    private static @Nullable Rejection framing(HttpRequest request) {
        HttpHeaders headers = request.headers();
        String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null) {
            if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                return bad("Transfer-Encoding and Content-Length exclude each other");
            }
            if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)
                    || headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() > 1) {
                return new Rejection(
                        HttpResponseStatus.NOT_IMPLEMENTED, "the only transfer coding served here is chunked", false);
            }
        }
        String expect = headers.get(HttpHeaderNames.EXPECT);
        if (expect != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect)) {
            return new Rejection(
                    HttpResponseStatus.EXPECTATION_FAILED, "the only expectation met here is 100-continue", false);
        }
        return null;
    }

    private static @Nullable Rejection target(HttpRequest request) {
        String target = request.uri();
        boolean plain = true;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#') {
                return bad("the request target contains a space, a control character or a fragment");
            }
            plain &= c < 0x7f;
        }
        if (!plain) {
            target = percentEncoded(target);
            request.setUri(target);
        }
        if (target.startsWith("/") || (target.equals("*") && request.method().equals(HttpMethod.OPTIONS))) {
            return null;
        }
        return absoluteForm(request, target);
    }

    /** RFC 9112 section 3.2.2: the target's authority replaces the Host field. */
    private static @Nullable Rejection absoluteForm(HttpRequest request, String target) {
        if (!target.regionMatches(true, 0, "http://", 0, 7) && !target.regionMatches(true, 0, "https://", 0, 8)) {
            return bad("the request target is neither a path nor an http URL");
        }
        int authority = target.indexOf("://") + 3;
        int path = authority;
        while (path < target.length() && target.charAt(path) != '/' && target.charAt(path) != '?') {
            path++;
        }
        String host = target.substring(authority, path);
        if (host.isEmpty() || !isHost(host)) {
            return bad("the request target does not name a host with an optional port");
        }
        request.headers().set(HttpHeaderNames.HOST, host);
        String rest = target.substring(path);
        if (rest.isEmpty() && request.method().equals(HttpMethod.OPTIONS)) {
            request.setUri("*"); // RFC 9112 section 3.2.4
        } else {
            request.setUri(rest.startsWith("/") ? rest : "/" + rest);
        }
        return null;
    }

    private static @Nullable Rejection host(HttpRequest request) {
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (host == null) {
            return HttpVersion.HTTP_1_0.equals(request.protocolVersion()) ? null : bad("the Host field is missing");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            return bad("there is more than one Host field");
        }
        return isHost(host) ? null : bad("the Host field is not a host name with an optional port");
    }

    /** RFC 3986 section 3.2, without user information: a name or an address, in any case an IPv6 one in brackets; a port. */
    private static boolean isHost(String text) {
        boolean bracketed = text.startsWith("[");
        int end = bracketed ? text.indexOf(']') : text.indexOf(':');
        if (end < 0) {
            end = text.length();
        }
        for (int i = bracketed ? 1 : 0; i < end; i++) {
            char c = text.charAt(i);
            if (!isAlphanumeric(c) && "-._~%!$&'()*+,;=".indexOf(c) < 0 && !(bracketed && c == ':')) {
                return false;
            }
        }
        if (bracketed && end++ == text.length()) {
            return false; // the bracket is never closed
        }
        return end == text.length() || (text.charAt(end) == ':' && isNumber(text, end + 1));
    }

    private static boolean isNumber(String text, int begin) {
        for (int i = begin; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return true; // a port may be empty
    }

    /** Raw bytes outside ASCII, which the parser read as Latin-1, in the only form that a target may carry them. */
    private static String percentEncoded(String target) {
        StringBuilder encoded = new StringBuilder(target.length() + 16);
        for (byte octet : target.getBytes(StandardCharsets.ISO_8859_1)) {
            if (octet >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(HEX.toHighHexDigit(octet)).append(HEX.toLowHexDigit(octet));
            }
        }
        return encoded.toString();
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** @param failure of the parser */
    static HttpResponseStatus statusOf(Throwable failure) {
        return switch (failure) {
            case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            default -> HttpResponseStatus.BAD_REQUEST;
        };
    }

    /** @param failure of the parser */
    static String reasonOf(Throwable failure) {
        return switch (failure) {
            case TooLongHttpLineException _ -> "the request line is too long";
            case TooLongHttpHeaderException _ -> "the header fields are too long";
            default -> "the request is not valid HTTP";
        };
    }

    /** Whether the client understands what came with HTTP/1.1: chunks, interim responses. */
    static boolean isHttp11(HttpRequest request) {
        return request.protocolVersion().minorVersion() >= 1;
    }

    /** Whether a body follows. */
    static boolean hasBody(HttpRequest request) {
        String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        return length != null ? !length.equals("0") : HttpUtil.isTransferEncodingChunked(request);
    }

    private static Rejection bad(String reason) {
        return new Rejection(HttpResponseStatus.BAD_REQUEST, reason, false);
    }

    /**
     * Why a request is not served.
     *
     * @param reason for the client: harmless to show
     * @param loses whether nobody knows any more where the next request would begin
     */
    record Rejection(HttpResponseStatus status, String reason, boolean loses) {}
}
