package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyStatus;
import dev.weir.balancer.incident.Dossier.Result;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/** Answers requests that go to no backend: wrong ones, and those that no route matches. */
final class OwnAnswer {
    private OwnAnswer() {}

    /**
     * Counts, answers and logs.
     *
     * @param beganNanos when the request began
     * @param reason for the client: harmless to show; null: none
     * @param mayKeepAlive whether the connection may carry another request, as far as this one is concerned
     * @return whether it may
     */
    static boolean send(
            ClientConnection client,
            HttpRequest request,
            long beganNanos,
            ProxyError error,
            HttpResponseStatus status,
            @Nullable String reason,
            boolean mayKeepAlive) {
        ProxyLoop loop = client.loop();
        ExchangeRecord record =
                new ExchangeRecord(loop, request, client.forwarded().clientAddress(request.headers()), beganNanos);
        String incident = record.failed(error, reason);
        if (error == ProxyError.DESTINATION_NOT_FOUND) {
            loop.settings().metrics().unrouted();
        } else {
            loop.settings().metrics().badRequest(status.code());
        }
        ResponseRelay response = new ResponseRelay(
                client,
                request.method().equals(HttpMethod.HEAD),
                RequestHead.isHttp11(request),
                HttpUtil.isKeepAlive(request));
        String proxyStatus = ProxyStatus.value(error, 0, reason);
        response.whole(
                BalancerResponse.of(error, status.code(), proxyStatus, incident, 0, request.headers(), loop.date()),
                mayKeepAlive && !client.mustClose());
        long now = loop.now();
        record.remember(Result.FAILED, status.code(), null, response.bytes(), now);
        record.log(status.code(), null, response.bytes(), now);
        return response.keepsAlive();
    }
}
