package dev.weir.balancer.backend;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the other balancer nodes say of the load of one pool's backends, made ready for pickers.
 *
 * <p>A count from another node is a tenth of a second old, and for short requests most of it has ended since. To add it to the own
 * one and to take the least brings every node to the same backend until the next word (Mitzenmacher, "How Useful Is Old
 * Information?", 2000). So a picker compares
 *
 * <pre>own in flight + share × others in flight</pre>
 *
 * where the share is that of this node in all traffic. The own count is true now, and what becomes of it becomes of the others' too,
 * who have the same rule; the others' count, averaged over some ticks, tells what lasts: slow backends, long requests, traffic
 * that this node does not see. Each node so takes upon itself its part of the difference, and all parts together are the whole of
 * it, however many nodes there are. Where backends are equal by that, each node has a {@link Preference} of its own.
 * Simulations that show it are in the load test ({@code simulate}).
 *
 * <p>Threads: one writer, which is not an event loop; pickers read {@link OthersLoad}. Without a cluster nothing is ever written,
 * and a pick costs one read more.
 */
public final class SharedLoad {
    /** What other nodes said, in all. Backends go by their place in the pool's list. */
    public interface Others {
        /** Requests in flight there from all other nodes together; 0 or more. */
        int inFlight(int backend);

        /** The latency that they see, in microseconds, by requests in flight or the plain mean; 0: unknown. */
        double latencyMicros(int backend);
    }

    /**
     * This node's own traffic to all backends of the pool, counted by who looks at them anyway.
     *
     * @param answered responses so far
     * @param inFlight requests now
     */
    public record Own(long answered, long inFlight) {
        /** Counts them, backend by backend. */
        public static Own of(List<Backend> backends) {
            long answered = 0;
            long inFlight = 0;
            for (Backend backend : backends) {
                answered += backend.stats().answered();
                inFlight += backend.stats().inFlight();
            }
            return new Own(answered, inFlight);
        }
    }

    /** A count weighs 1/e after this time. Longer than a tick, for a single count of short requests is mostly noise. */
    static final long SMOOTHING_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** Shares of traffic and rates change slowly, and small nodes count few requests. */
    private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** So that a node without traffic sends its first requests where the others have least. */
    private static final double LEAST_SHARE = 0.001;

    private final List<Backend> backends;
    /** Of the others, by backend, on average. */
    private final double[] inFlight;
    /** As the others see it, by backend. Kept between two passes only. */
    private final double[] latencyMicros;
    /** Requests in flight of this node, on average. */
    private double own;
    /** Those of all others, on average. */
    private double others;
    /** Requests that this node begins at an average backend in a nanosecond. */
    private double perNano;

    private long answered;
    private long countedNanos;
    private boolean counting;
    private boolean rated;
    private long heardNanos;
    private boolean hearing;

    SharedLoad(List<Backend> backends) {
        this.backends = backends;
        this.inFlight = new double[backends.size()];
        this.latencyMicros = new double[backends.size()];
    }

    /**
     * To be called for every tick in which there is news of others, 2.5 to 10 times a second; always by the same thread. If it is not
     * called, what was said last fades by itself within a second.
     *
     * @param others sums over those nodes only that are alive and whose last word is not older than three ticks
     * @param mine counted now
     * @param preference of this node, now
     * @param asOfNanos when they said it: the mean of the times of receipt, by their requests in flight or plain; on the clock of
     *     {@code nowNanos}
     * @param nowNanos of the clock that also times requests
     */
    public void hear(Others others, Own mine, Preference preference, long asOfNanos, long nowNanos) {
        if (!count(mine, nowNanos)) {
            return;
        }
        long elapsed = nowNanos - heardNanos;
        boolean afresh = !hearing || elapsed >= Hearsay.STALE_NANOS;
        double smoothing = afresh ? 1 : part(elapsed, SMOOTHING_NANOS);
        double sum = 0;
        for (int i = 0; i < inFlight.length; i++) {
            double count = others.inFlight(i);
            sum += count;
            inFlight[i] += smoothing * (count - inFlight[i]);
            latencyMicros[i] = others.latencyMicros(i);
        }
        this.others += (afresh ? 1 : part(elapsed, RATE_NANOS)) * (sum - this.others);
        hearing = true;
        heardNanos = nowNanos;
        double sharing = own + this.others == 0 ? 0 : own / (own + this.others);
        publish(preference, new Hearsay(preference.nodes(), asOfNanos, Math.max(LEAST_SHARE, sharing), perNano));
    }

    /**
     * Looks at this node's own traffic.
     *
     * @return false: this was the first look, and rates are known from the next one on
     */
    private boolean count(Own mine, long nowNanos) {
        long elapsed = nowNanos - countedNanos;
        boolean ready = counting && elapsed > 0;
        if (ready) {
            double weight = rated ? part(elapsed, RATE_NANOS) : 1;
            own += weight * (mine.inFlight() - own);
            perNano += weight * ((double) (mine.answered() - answered) / elapsed / backends.size() - perNano);
            rated = true;
        }
        if (ready || !counting) {
            counting = true;
            answered = mine.answered();
            countedNanos = nowNanos;
        }
        return rated;
    }

    private static double part(long elapsedNanos, long timeNanos) {
        return 1 - Math.exp(-(double) elapsedNanos / timeNanos);
    }

    /** There are no other nodes any more, or none that is heard: this one counts for itself, at once. Same thread. */
    public void alone() {
        if (!hearing) {
            return;
        }
        hearing = false;
        for (Backend backend : backends) {
            backend.others().forget();
        }
    }

    private void publish(Preference preference, Hearsay hearsay) {
        for (int i = 0; i < inFlight.length; i++) {
            Backend backend = backends.get(i);
            backend.others().hear(hearsay, inFlight[i], latencyMicros[i], preference.place(i));
        }
    }
}
