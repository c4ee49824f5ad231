package dev.weir.balancer.incident;

import dev.weir.balancer.failure.Errno;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link Cause} by what was measured. Pure and cheap: event loops call it for each failed attempt.
 *
 * <p>The status of a response, the retry and the ejection follow from the {@link ProxyError}, which knows no texts. Here, where
 * only the operator's line is at stake, the words of a decoder's exception may decide too.
 */
final class CauseFinder {
    /** The kernel refuses, resets or accepts within a round trip; no application thinks for so short. */
    private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** No application crashes over so large a head much later than its server has read it, busy as both may be. */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A reused connection that ends so soon was closed before the request came; later, the request was at work. */
    private static final long STALE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** The shortest that firewalls and NATs forget an idle flow after. */
    private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** What uWSGI and others take of a request's head by default. */
    private static final long LARGE_HEAD = 4 * 1024;

    private CauseFinder() {}

    /** @return null: the attempt did not fail */
    static @Nullable Cause of(AttemptRecord attempt, RequestFacts request) {
        AttemptFailure failure = attempt.failure();
        if (failure == null) {
            return null;
        }
        return switch (failure.error()) {
            case CONNECTION_REFUSED -> attempt.condition().everAnswered() ? Cause.REFUSED : Cause.ALWAYS_REFUSED;
            case CONNECTION_TIMEOUT -> connectTimeout(attempt.condition());
            case CONNECTION_TERMINATED -> terminated(attempt, request);
            case DESTINATION_IP_UNROUTABLE -> unroutable(failure.errno());
            case HTTP_RESPONSE_TIMEOUT -> responseTimeout(attempt);
            case HTTP_RESPONSE_INCOMPLETE -> attempt.answer() == null ? Cause.HEAD_INCOMPLETE : Cause.TRUNCATED;
            case HTTP_RESPONSE_TRANSFER_CODING ->
                attempt.phase() == Phase.RESPONSE_BODY ? Cause.BAD_CHUNKS : Cause.BAD_TRANSFER_CODING;
            case HTTP_PROTOCOL_ERROR -> protocolError(failure);
            case CONNECTION_READ_TIMEOUT -> attempt.answer() == null ? Cause.HALF_OPEN_CONNECTION : Cause.BODY_STALLED;
            case DESTINATION_UNAVAILABLE -> Cause.OWN_ERROR_STATUS; // an attempt has a backend, so one was usable
            case PROXY_RESOURCES_EXHAUSTED -> exhausted(failure);
            case PROXY_INTERNAL_ERROR ->
                failure.errno() == Errno.EACCES || failure.errno() == Errno.EPERM
                        ? Cause.CONNECT_FORBIDDEN
                        : Cause.INTERNAL_ERROR;
            default -> of(failure.error());
        };
    }

    /** What an error means of which no more is known. */
    static Cause of(ProxyError error) {
        return switch (error) {
            case DNS_TIMEOUT -> Cause.RESOLVER_SILENT;
            case DNS_ERROR -> Cause.NAME_NOT_RESOLVED;
            case DESTINATION_NOT_FOUND -> Cause.NO_ROUTE;
            case DESTINATION_UNAVAILABLE -> Cause.NO_BACKEND_USABLE;
            case DESTINATION_IP_UNROUTABLE -> Cause.HOST_UNREACHABLE;
            case CONNECTION_REFUSED -> Cause.REFUSED;
            case CONNECTION_TERMINATED -> Cause.HUNG_UP;
            case CONNECTION_TIMEOUT -> Cause.CONNECT_TIMEOUT;
            case CONNECTION_READ_TIMEOUT -> Cause.BODY_STALLED;
            case CONNECTION_WRITE_TIMEOUT -> Cause.STOPPED_READING;
            case CONNECTION_LIMIT_REACHED -> Cause.POOL_BUSY;
            case TLS_PROTOCOL_ERROR, TLS_CERTIFICATE_ERROR, TLS_ALERT_RECEIVED -> Cause.TLS_FAILED;
            case HTTP_REQUEST_ERROR, HTTP_REQUEST_DENIED -> Cause.BAD_REQUEST;
            case HTTP_RESPONSE_INCOMPLETE -> Cause.TRUNCATED;
            case HTTP_RESPONSE_HEADER_SECTION_SIZE, HTTP_RESPONSE_HEADER_SIZE -> Cause.HEAD_TOO_LARGE;
            case HTTP_RESPONSE_BODY_SIZE, HTTP_RESPONSE_TRAILER_SECTION_SIZE, HTTP_RESPONSE_TRAILER_SIZE ->
                Cause.BODY_LIMIT;
            case HTTP_RESPONSE_TRANSFER_CODING, HTTP_RESPONSE_CONTENT_CODING -> Cause.BAD_TRANSFER_CODING;
            case HTTP_RESPONSE_TIMEOUT -> Cause.NO_ANSWER;
            case HTTP_UPGRADE_FAILED -> Cause.SWITCHED_UNASKED;
            case HTTP_PROTOCOL_ERROR -> Cause.BAD_RESPONSE_HEAD;
            case PROXY_RESOURCES_EXHAUSTED -> Cause.RESOURCES_EXHAUSTED;
            case PROXY_CONFIGURATION_ERROR, DESTINATION_IP_PROHIBITED -> Cause.CONFIGURATION;
            case PROXY_LOOP_DETECTED -> Cause.LOOP;
            case PROXY_INTERNAL_RESPONSE -> Cause.MAINTENANCE;
            case PROXY_INTERNAL_ERROR -> Cause.INTERNAL_ERROR;
        };
    }

    private static Cause connectTimeout(BackendCondition condition) {
        return condition.everAnswered() && condition.standing() > 0 ? Cause.ACCEPT_QUEUE_FULL : Cause.CONNECT_TIMEOUT;
    }

    /** Without a number, as with NIO, the host is blamed: that is the commoner one. */
    private static Cause unroutable(int errno) {
        return errno == Errno.NONE || errno == Errno.EHOSTUNREACH || errno == Errno.EHOSTDOWN
                ? Cause.HOST_UNREACHABLE
                : Cause.NO_ROUTE_TO_BACKEND;
    }

    private static Cause terminated(AttemptRecord attempt, RequestFacts request) {
        if (attempt.answer() != null) {
            return Cause.UNASKED_TIMEOUT;
        }
        Timings timings = attempt.timings();
        if (attempt.reused() && attempt.receivedBytes() == 0 && timings.waited() < STALE_NANOS) {
            return Cause.STALE_CONNECTION;
        }
        if (attempt.phase() == Phase.REQUEST && request.bodyBytes() > 0) {
            return Cause.HUNG_UP_ON_UPLOAD;
        }
        if (request.headBytes() >= LARGE_HEAD && timings.waited() < SOON_NANOS) {
            return Cause.HUNG_UP_ON_LARGE_HEAD;
        }
        return timings.waited() < AT_ONCE_NANOS ? Cause.HUNG_UP_AT_ONCE : Cause.HUNG_UP;
    }

    private static Cause responseTimeout(AttemptRecord attempt) {
        if (attempt.receivedBytes() > 0) {
            return Cause.HEAD_TOO_SLOW;
        }
        return attempt.reused() && attempt.idleNanos() >= FORGOTTEN_NANOS
                ? Cause.HALF_OPEN_CONNECTION
                : Cause.NO_ANSWER;
    }

    private static Cause exhausted(AttemptFailure failure) {
        return switch (failure.errno()) {
            case Errno.EADDRINUSE, Errno.EADDRNOTAVAIL -> Cause.SOURCE_PORTS_EXHAUSTED;
            case Errno.EMFILE, Errno.ENFILE -> Cause.FILES_EXHAUSTED;
            case Errno.ENOMEM, Errno.ENOBUFS -> Cause.MEMORY_EXHAUSTED;
            default -> exhaustedWithoutNumber(failure.exception());
        };
    }

    /** NIO: see {@link dev.weir.balancer.failure.FailureClassifier}. */
    private static Cause exhaustedWithoutNumber(@Nullable String exception) {
        return switch (exception) {
            case "BindException", "AnnotatedSocketException" -> Cause.SOURCE_PORTS_EXHAUSTED;
            case "ChannelException" -> Cause.FILES_EXHAUSTED;
            case "OutOfMemoryError", "OutOfDirectMemoryError" -> Cause.MEMORY_EXHAUSTED;
            case null, default -> Cause.RESOURCES_EXHAUSTED;
        };
    }

    private static Cause protocolError(AttemptFailure failure) {
        FirstBytes first = failure.firstBytes();
        if (first.isTls()) {
            return Cause.SPEAKS_TLS;
        }
        if (first.isHttp2()) {
            return Cause.SPEAKS_HTTP2;
        }
        String status = first.statusOfHttp1();
        if (first.size() > 0 && status == null) {
            return first.text().startsWith("HTTP/") ? Cause.BAD_RESPONSE_HEAD : Cause.NOT_HTTP;
        }
        if (status != null && !status.matches("[1-5]\\d\\d")) {
            return Cause.BAD_STATUS;
        }
        if ("InvalidLineSeparatorException".equals(failure.exception())) {
            return Cause.BAD_LINE_ENDS;
        }
        String detail = failure.detail() == null ? "" : failure.detail();
        if (detail.contains("Content-Length") || detail.contains("content-length")) {
            return Cause.BAD_LENGTH;
        }
        return detail.contains("interim responses") ? Cause.TOO_MANY_INTERIM_RESPONSES : Cause.BAD_RESPONSE_HEAD;
    }
}
