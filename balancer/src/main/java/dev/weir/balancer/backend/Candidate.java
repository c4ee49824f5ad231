package dev.weir.balancer.backend;

/**
 * An eligible backend with its weight at this moment.
 *
 * @param weight positive; the configured weight times 100, less during a slow start
 */
public record Candidate(Backend backend, int weight) {
    /** The weight of a backend with a configured weight of 1. */
    public static final int SCALE = 100;

    /** A slow start rises in steps of 5 %: each one is a publication and a rebuild of the picker. */
    private static final int STEPS = 20;
    /** It begins with 10 %, as in Envoy: with less a backend would learn too little from too few requests. */
    private static final int FIRST_STEP = 2;

    static Candidate full(Backend backend) {
        return new Candidate(backend, fullWeight(backend));
    }

    static int fullWeight(Backend backend) {
        return backend.weight() * SCALE;
    }

    /** @param slowStartNanos 0: none */
    static Candidate of(Backend backend, long slowStartNanos, long nowNanos) {
        long since = backend.state().sinceNanos();
        long elapsed = nowNanos - since;
        if (since == BackendState.FROM_START || elapsed >= slowStartNanos) {
            return full(backend);
        }
        int step = Math.max(FIRST_STEP, (int) ((double) STEPS * elapsed / slowStartNanos));
        return new Candidate(backend, fullWeight(backend) * step / STEPS);
    }
}
