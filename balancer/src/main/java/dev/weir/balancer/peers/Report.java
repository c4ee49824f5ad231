package dev.weir.balancer.peers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one node says of one backend, by its own evidence alone: what it was told by others is never passed on, or two nodes
 * could keep a rumour alive between them.
 *
 * <p>On the wire: one byte with check (bits 0 and 1) and traffic (bits 2 and 3), then three unsigned varints (LEB128): requests in
 * flight, latency, time since it came back; 4 to 16 bytes. Large numbers are rounded so that small changes are none.
 *
 * @param check by this node's own active checks
 * @param traffic by this node's own requests
 * @param inFlight attempts under way there, from this node
 * @param latencyMicros to a response's head; 0: not known
 * @param backMillis since it came back from being out, while it starts slowly; 0: it does not
 */
public record Report(Check check, Traffic traffic, int inFlight, int latencyMicros, int backMillis) {
    /** Verdict of active checks. */
    public enum Check {
        /** This node does not check it, or has not yet. */
        NONE(0),
        UP(1),
        DOWN(2);

        private final int code;

        Check(int code) {
            this.code = code;
        }
    }

    /** Verdict of real requests. */
    public enum Traffic {
        /** No requests of late. */
        NONE(0),
        /** The last ones were answered. */
        ANSWERS(1),
        /** The last one failed, but not so many that it is out. */
        FAILS(2),
        /** So many failed that it is out, or would be if enough others were left. */
        EJECTED(3);

        private final int code;

        Traffic(int code) {
            this.code = code;
        }
    }

    /** Nothing is known, or was told. */
    public static final Report NONE = new Report(Check.NONE, Traffic.NONE, 0, 0, 0);

    /** By their codes. */
    private static final List<Check> CHECKS = List.of(Check.NONE, Check.UP, Check.DOWN);

    private static final List<Traffic> TRAFFICS =
            List.of(Traffic.NONE, Traffic.ANSWERS, Traffic.FAILS, Traffic.EJECTED);

    /** Numbers up to this are exact; above, only so many leading bits count. */
    private static final int EXACT = 32;

    private static final int LEADING_BITS = 3;

    /** Rounds the numbers. */
    public Report {
        inFlight = rounded(inFlight);
        latencyMicros = rounded(latencyMicros);
        backMillis = rounded(backMillis);
    }

    private static int rounded(int number) {
        if (number < EXACT) {
            return Math.max(0, number);
        }
        int dropped = Integer.SIZE - Integer.numberOfLeadingZeros(number) - LEADING_BITS - 1;
        return number >>> dropped << dropped;
    }

    /** All of it in one word. */
    public Opinion opinion() {
        if (check == Check.DOWN || traffic == Traffic.EJECTED) {
            return Opinion.OUT;
        }
        if (traffic == Traffic.FAILS) {
            return Opinion.FAILING;
        }
        return check == Check.UP || traffic == Traffic.ANSWERS ? Opinion.WELL : Opinion.NONE;
    }

    /** Whether the same follows from it, but for load. */
    boolean agreesWith(Report other) {
        return check == other.check && traffic == other.traffic && backMillis == other.backMillis;
    }

    /** As it goes over the wire. */
    public byte[] encode() {
        byte[] bytes = new byte[1 + length(inFlight) + length(latencyMicros) + length(backMillis)];
        bytes[0] = (byte) (check.code | (traffic.code << 2));
        int at = put(bytes, 1, inFlight);
        at = put(bytes, at, latencyMicros);
        put(bytes, at, backMillis);
        return bytes;
    }

    private static int length(int number) {
        return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(number) + 6) / 7);
    }

    private static int put(byte[] bytes, int at, int number) {
        int rest = number;
        int next = at;
        while (rest > 0x7f) {
            bytes[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[next++] = (byte) rest;
        return next;
    }

    /** @return null: these bytes are no report that this version knows */
    public static @Nullable Report decode(byte[] bytes) {
        if (bytes.length < 4 || bytes[0] < 0 || (bytes[0] & 3) >= CHECKS.size() || bytes[0] >> 2 >= TRAFFICS.size()) {
            return null;
        }
        int[] numbers = new int[3];
        int at = 1;
        for (int i = 0; i < numbers.length; i++) {
            long number = 0;
            int shift = 0;
            int part;
            do {
                if (at == bytes.length || shift > 28) {
                    return null;
                }
                part = bytes[at++];
                number |= (long) (part & 0x7f) << shift;
                shift += 7;
            } while (part < 0);
            if (number > Integer.MAX_VALUE) {
                return null;
            }
            numbers[i] = (int) number;
        }
        return at < bytes.length
                ? null
                : new Report(CHECKS.get(bytes[0] & 3), TRAFFICS.get(bytes[0] >> 2), numbers[0], numbers[1], numbers[2]);
    }
}
