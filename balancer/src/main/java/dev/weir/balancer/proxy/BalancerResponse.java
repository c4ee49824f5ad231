package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.ErrorPage;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyStatus;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;

/** Makes the responses that no backend gave. */
final class BalancerResponse {
    private static final AsciiString PROXY_STATUS = AsciiString.cached("proxy-status");
    private static final AsciiString INCIDENT_ID = AsciiString.cached("x-incident-id");
    private static final AsciiString NO_STORE = AsciiString.cached("no-store");

    private BalancerResponse() {}

    /**
     * @param proxyStatus value of the field
     * @param retryAfterSeconds 0: nobody knows
     * @param request the fields of the request
     */
    static FullHttpResponse of(
            ProxyError error,
            int status,
            String proxyStatus,
            String incident,
            int retryAfterSeconds,
            HttpHeaders request,
            CharSequence date) {
        ErrorPage.Rendered page = ErrorPage.render(status, error, incident, accept(request));
        FullHttpResponse response = of(page, status, proxyStatus, incident, retryAfterSeconds, date);
        if (status == 405) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        }
        return response;
    }

    /**
     * Of a pool that operators closed.
     *
     * @param request the fields of the request
     */
    static FullHttpResponse of(
            Maintenance maintenance,
            ProxyError error,
            int status,
            String incident,
            int retryAfterSeconds,
            HttpHeaders request,
            CharSequence date) {
        ErrorPage.Rendered page = ErrorPage.render(status, maintenance, error, incident, accept(request));
        return of(page, status, ProxyStatus.value(error), incident, retryAfterSeconds, date);
    }

    private static String accept(HttpHeaders request) {
        return String.join(",", request.getAll(HttpHeaderNames.ACCEPT));
    }

    private static FullHttpResponse of(
            ErrorPage.Rendered page,
            int status,
            String proxyStatus,
            String incident,
            int retryAfterSeconds,
            CharSequence date) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(page.body()));
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, page.contentType());
        headers.set(HttpHeaderNames.CONTENT_LENGTH, page.body().length);
        headers.set(HttpHeaderNames.CACHE_CONTROL, NO_STORE);
        headers.set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT);
        headers.set(HttpHeaderNames.DATE, date);
        headers.set(PROXY_STATUS, proxyStatus);
        headers.set(INCIDENT_ID, incident);
        if (retryAfterSeconds > 0) {
            headers.set(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        }
        return response;
    }
}
