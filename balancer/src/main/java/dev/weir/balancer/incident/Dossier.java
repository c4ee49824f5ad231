package dev.weir.balancer.incident;

import dev.weir.balancer.failure.ProxyError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is remembered of one request that failed, or would have failed without another attempt. Immutable, and bounded in
 * bytes: texts are cut.
 *
 * @param id as of {@link dev.weir.balancer.failure.IncidentId}; where the balancer answered, the client has it
 * @param epochMillis when the request ended
 * @param pool null: no route matched
 * @param route host and path prefix that matched; null: none did
 * @param status that the client got, or 499
 * @param error why no backend's answer reached the client, or not to its end; null for one that did
 * @param detail of the error, where it is not that of the last attempt
 * @param durationNanos of the request
 * @param bytesIn of the request's body, from the client
 * @param bytesOut of the response's body, to the client
 * @param attempts in order; at most {@link #MAX_ATTEMPTS}: the first ones and the last
 */
public record Dossier(
        String id,
        long epochMillis,
        @Nullable String pool,
        @Nullable String route,
        RequestFacts request,
        Result result,
        int status,
        @Nullable ProxyError error,
        @Nullable String detail,
        long durationNanos,
        long bytesIn,
        long bytesOut,
        List<AttemptRecord> attempts) {
    public static final int MAX_ATTEMPTS = 8;

    private static final int MAX_DETAIL = 512;
    private static final int MAX_ROUTE = 256;

    /** What the client got. */
    public enum Result {
        /** A response that the balancer made. */
        FAILED,
        /** The beginning of a response, which was then cut off. */
        CUT,
        /** A backend's whole response, after another attempt had failed. */
        SAVED,
        /** A backend's own 502, 503 or 504, passed on, or a 400 that wants TLS. */
        RELAYED,
        /** Nothing any more: it left first. */
        CLIENT_LEFT
    }

    public Dossier {
        route = Cut.orNull(MAX_ROUTE, route);
        detail = Cut.orNull(MAX_DETAIL, detail);
        attempts = List.copyOf(attempts.size() <= MAX_ATTEMPTS ? attempts : firstAndLast(attempts));
    }

    private static List<AttemptRecord> firstAndLast(List<AttemptRecord> attempts) {
        List<AttemptRecord> some = new java.util.ArrayList<>(attempts.subList(0, MAX_ATTEMPTS - 1));
        some.add(attempts.getLast());
        return some;
    }

    /** Whether the fault is the client's own: it says nothing of this side. */
    public boolean clientsFault() {
        return error == ProxyError.HTTP_REQUEST_ERROR
                || error == ProxyError.HTTP_REQUEST_DENIED
                || error == ProxyError.DESTINATION_NOT_FOUND;
    }

    /** Whether operators want it so: nothing is broken. */
    public boolean deliberate() {
        return error == ProxyError.PROXY_INTERNAL_RESPONSE;
    }
}
