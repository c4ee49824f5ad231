package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.IncidentId;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.incident.Diagnosis;
import dev.weir.balancer.incident.Dossier;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the access log will say of a request: the head as the client sent it, every attempt, and how it ended. */
final class ExchangeRecord {
    private final ProxyLoop loop;
    private final long beganNanos;
    private final HttpHeaders headers;
    private final String client;
    private final String method;
    private final String target;
    private final String protocol;
    private final @Nullable String host;
    private final @Nullable String userAgent;
    private final @Nullable String referer;
    private final List<Attempt> attempts = new ArrayList<>(1);
    private long bytesIn;
    private @Nullable ProxyError error;
    private @Nullable String incident;
    private @Nullable String detail;
    private @Nullable Dossier dossier;

    /**
     * To be made before the request is changed for the backends.
     *
     * @param beganNanos when its head had come
     */
    ExchangeRecord(ProxyLoop loop, HttpRequest request, String clientAddress, long beganNanos) {
        HttpHeaders headers = request.headers();
        this.loop = loop;
        this.beganNanos = beganNanos;
        this.headers = headers;
        this.client = clientAddress;
        this.method = request.method().name();
        this.target = request.uri();
        this.protocol = request.protocolVersion().text();
        this.host = headers.get(HttpHeaderNames.HOST);
        this.userAgent = headers.get(HttpHeaderNames.USER_AGENT);
        this.referer = headers.get(HttpHeaderNames.REFERER);
    }

    long beganNanos() {
        return beganNanos;
    }

    String client() {
        return client;
    }

    @Nullable
    String host() {
        return host;
    }

    String method() {
        return method;
    }

    /** Path and query. */
    String target() {
        return target;
    }

    /** The request's fields, changed for backends by now if it goes to one. */
    HttpHeaders headers() {
        return headers;
    }

    List<Attempt> attempts() {
        return attempts;
    }

    void received(int bytes) {
        bytesIn += bytes;
    }

    long bytesIn() {
        return bytesIn;
    }

    /** Null: no backend's answer was wanting. */
    @Nullable
    ProxyError error() {
        return error;
    }

    /** For operators. */
    @Nullable
    String detail() {
        return detail;
    }

    /** Null for a request that went as it should. */
    @Nullable
    String incident() {
        return incident;
    }

    /**
     * No backend's answer reaches the client, or not to its end.
     *
     * @param why for operators
     * @return the incident's id
     */
    String failed(ProxyError reason, @Nullable String why) {
        error = reason;
        detail = why;
        return identify();
    }

    /** A backend's answer reached the client, and operators may ask how. */
    void saved() {
        identify();
    }

    private String identify() {
        String id = IncidentId.create(
                loop.settings().random(), loop.settings().epochMillis().getAsLong());
        incident = id;
        return id;
    }

    /**
     * The request has ended in a way that operators may ask for.
     *
     * @param status what the client got, or 499
     * @param pool null: no route matched
     */
    void remember(Dossier.Result result, int status, @Nullable UpstreamPool pool, long bytesOut, long nowNanos) {
        String route = pool == null ? null : loop.settings().router().route(host == null ? "" : host, target);
        Dossier made = DossierWriter.write(
                this,
                pool == null ? null : pool.config().name(),
                route,
                result,
                status,
                bytesOut,
                loop.settings().epochMillis().getAsLong(),
                nowNanos);
        dossier = made;
        loop.settings().dossiers().add(made);
    }

    /**
     * The request has ended: writes the line.
     *
     * @param status what the client got, or 499
     * @param pool null: no route matched
     */
    void log(int status, @Nullable UpstreamPool pool, long bytesOut, long nowNanos) {
        AccessLog log = loop.accessLog();
        if (!log.enabled()) {
            return;
        }
        AccessLog.Line line = log.begin();
        line.text("client", client)
                .text("method", method)
                .text("host", host)
                .text("path", log.shown(target))
                .text("protocol", protocol)
                .number("status", status)
                .number("bytes_in", bytesIn)
                .number("bytes_out", bytesOut)
                .micros("duration_us", nowNanos - beganNanos)
                .text("pool", pool == null ? null : pool.config().name())
                .text("user_agent", userAgent)
                .text("referer", log.shown(referer));
        if (incident != null) {
            explain(line, pool, nowNanos);
        }
        line.openArray("attempts");
        for (int i = 0; i < attempts.size(); i++) { // no iterator: this runs for each request
            log(attempts.get(i), line);
        }
        line.closeArray().end();
    }

    private void explain(AccessLog.Line line, @Nullable UpstreamPool pool, long nowNanos) {
        ProxyError failure = error;
        Dossier made = dossier;
        line.text("error", failure == null ? null : failure.token())
                .text("incident", incident)
                .text("detail", detail);
        if (made == null || pool == null || made.clientsFault()) {
            line.text("remedy", failure == null ? null : failure.remedy());
        } else {
            Diagnosis diagnosis = Diagnosis.of(made, pool.facts(nowNanos));
            line.text("finding", diagnosis.finding()).text("remedy", diagnosis.remedy());
        }
    }

    private static void log(Attempt attempt, AccessLog.Line line) {
        line.openObject()
                .text("backend", attempt.backend().id())
                .text("phase", attempt.phase().label())
                .bool("reused", attempt.isReused());
        if (attempt.status() != 0) {
            line.number("status", attempt.status());
        }
        if (attempt.connectedNanos() != 0) {
            line.micros("connect_us", attempt.connectedNanos() - attempt.beganNanos());
        }
        if (attempt.headNanos() != 0) {
            line.micros("head_us", attempt.headNanos() - attempt.beganNanos());
        }
        Failure why = attempt.failure();
        if (why != null) {
            line.text("error", why.error().token()).text("detail", why.detail());
        }
        line.closeObject();
    }
}
