package dev.weir.balancer.backend;

import org.jspecify.annotations.Nullable;

/**
 * What the other balancer nodes have to do with one backend, as far as they said. Written by {@link SharedLoad}; event loops
 * read, with a volatile read for each value.
 */
public final class OthersLoad {
    private volatile @Nullable Hearsay hearsay;
    private volatile double inFlight;
    private volatile double latencyMicros;
    private volatile double place;

    OthersLoad() {}

    void hear(Hearsay hearsay, double inFlight, double latencyMicros, double place) {
        this.inFlight = inFlight;
        this.latencyMicros = latencyMicros;
        this.place = place;
        this.hearsay = hearsay;
    }

    void forget() {
        hearsay = null;
    }

    /** How far to believe the other values; the same for all backends of a pool. Null: nobody has said anything. */
    public @Nullable Hearsay hearsay() {
        return hearsay;
    }

    /** Requests of theirs in flight, averaged over the last {@linkplain SharedLoad#SMOOTHING_NANOS moments}. */
    public double inFlight() {
        return inFlight;
    }

    /** The backend's place in this node's present order of preference, 0 (first) to less than 1: see {@link Preference}. */
    public double place() {
        return place;
    }

    /** Their latency, as {@link PeakEwma#micros}; 0: unknown. */
    public double latencyMicros() {
        return latencyMicros;
    }
}
