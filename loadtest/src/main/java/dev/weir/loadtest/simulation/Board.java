package dev.weir.loadtest.simulation;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last digest of every node. A digest reaches all nodes at the same time, so that one board is enough, with sums to which each
 * node's own part is taken off again.
 */
final class Board {
    private final @Nullable Digest[] last;
    private final long staleNanos;
    private final int[] inFlight;
    private final double[] micros;
    private final int[] knowing;

    /** @param tickMillis between two digests; after three of them a node's last one does not count any more */
    Board(int nodes, int backends, int tickMillis) {
        last = new Digest[nodes];
        staleNanos = TimeUnit.MILLISECONDS.toNanos(3L * tickMillis);
        inFlight = new int[backends];
        micros = new double[backends];
        knowing = new int[backends];
    }

    void post(int node, Digest digest) {
        remove(node);
        last[node] = digest;
        add(digest, 1);
    }

    void expire(long now) {
        for (int node = 0; node < last.length; node++) {
            Digest digest = last[node];
            if (digest != null && now - digest.nanos() > staleNanos) {
                remove(node);
            }
        }
    }

    private void remove(int node) {
        Digest digest = last[node];
        if (digest != null) {
            add(digest, -1);
            last[node] = null;
        }
    }

    private void add(Digest digest, int sign) {
        for (int i = 0; i < inFlight.length; i++) {
            inFlight[i] += sign * digest.inFlight(i);
            micros[i] += sign * digest.micros(i);
            knowing[i] += digest.micros(i) > 0 ? sign : 0;
        }
    }

    /** Requests of all other nodes. */
    int inFlight(int node, int backend) {
        Digest own = last[node];
        return inFlight[backend] - (own == null ? 0 : own.inFlight(backend));
    }

    /** The mean of what the others see; 0: none of them knows. */
    double micros(int node, int backend) {
        Digest own = last[node];
        double ownMicros = own == null ? 0 : own.micros(backend);
        int others = knowing[backend] - (ownMicros > 0 ? 1 : 0);
        return others == 0 ? 0 : Math.max(0, (micros[backend] - ownMicros) / others);
    }

    /** When the others said it, on average; {@link Long#MIN_VALUE}: nobody did. */
    long asOfNanos(int node) {
        double sum = 0;
        int others = 0;
        for (int i = 0; i < last.length; i++) {
            Digest digest = last[i];
            if (i != node && digest != null) {
                sum += digest.nanos();
                others++;
            }
        }
        return others == 0 ? Long.MIN_VALUE : Math.round(sum / others);
    }
}
