package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.incident.AttemptFailure;
import dev.weir.balancer.incident.AttemptRecord;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.RequestFacts;
import dev.weir.balancer.incident.Timings;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the dossier of a request that failed, or was saved, of what its record holds. Pure. */
final class DossierWriter {
    private static final int FIELD_OVERHEAD = ": \r\n".length();

    private DossierWriter() {}

    /**
     * @param route null: none matched
     * @param status what the client got, or 499
     * @param bytesOut of the response's body
     */
    static Dossier write(
            ExchangeRecord record,
            @Nullable String pool,
            @Nullable String route,
            Dossier.Result result,
            int status,
            long bytesOut,
            long epochMillis,
            long nowNanos) {
        RequestFacts request = request(record);
        List<AttemptRecord> attempts = new ArrayList<>(record.attempts().size());
        for (Attempt attempt : record.attempts()) {
            attempts.add(attempt(attempt, record.beganNanos(), nowNanos, request.headBytes()));
        }
        return new Dossier(
                Objects.requireNonNull(record.incident(), "a request without an id has no dossier"),
                epochMillis,
                pool,
                route,
                request,
                result,
                status,
                record.error(),
                detail(record),
                nowNanos - record.beganNanos(),
                record.bytesIn(),
                bytesOut,
                attempts);
    }

    /** Only what the last attempt does not say. */
    private static @Nullable String detail(ExchangeRecord record) {
        List<Attempt> attempts = record.attempts();
        Failure last = attempts.isEmpty() ? null : attempts.getLast().failure();
        return last != null && Objects.equals(last.detail(), record.detail()) ? null : record.detail();
    }

    private static RequestFacts request(ExchangeRecord record) {
        String largest = null;
        long largestBytes = 0;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields =
                record.headers().iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            long bytes = fieldBytes(field);
            if (bytes > largestBytes) {
                largestBytes = bytes;
                largest = field.getKey().toString();
            }
        }
        return new RequestFacts(
                record.method(),
                record.host(),
                record.target(),
                headBytes(record.method(), record.target(), record.headers()),
                largest,
                largestBytes,
                record.bytesIn());
    }

    /** Bytes of a request's head on the wire. */
    static long headBytes(String method, String target, HttpHeaders headers) {
        long bytes = (long) method.length() + target.length() + "  HTTP/1.1\r\n\r\n".length();
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            bytes += fieldBytes(fields.next());
        }
        return bytes;
    }

    private static long fieldBytes(Map.Entry<CharSequence, CharSequence> field) {
        return (long) field.getKey().length() + field.getValue().length() + FIELD_OVERHEAD;
    }

    private static AttemptRecord attempt(Attempt attempt, long originNanos, long nowNanos, long headBytes) {
        AttemptEnd end = attempt.endFacts(nowNanos);
        Failure failure = end.failure();
        return new AttemptRecord(
                attempt.backend().id(),
                attempt.backend().labels(),
                attempt.phase(),
                new Timings(
                        attempt.beganNanos() - originNanos,
                        since(originNanos, attempt.connectedNanos()),
                        since(originNanos, attempt.sentNanos()),
                        since(originNanos, attempt.headNanos()),
                        end.nanos() - originNanos),
                end.sentBytes() == 0 ? 0 : headBytes - 1 + end.sentBytes(), // a connection counts 1 for a head
                end.receivedBytes(),
                attempt.isReused(),
                end.idleNanos(),
                end.answer(),
                failure == null ? null : AttemptFailure.of(failure, end.retryClass(), end.firstBytes()),
                attempt.decision(),
                end.condition());
    }

    /** @param nanos 0: never */
    private static long since(long originNanos, long nanos) {
        return nanos == 0 ? Timings.NEVER : nanos - originNanos;
    }
}
