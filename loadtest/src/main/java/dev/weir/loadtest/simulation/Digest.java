package dev.weir.loadtest.simulation;

/** What a node says of all backends, in their order. */
final class Digest {
    private final long nanos;
    private final int[] inFlight;
    private final double[] micros;

    /**
     * @param nanos when
     * @param inFlight its requests at each backend
     * @param micros latency that it sees there; 0: unknown
     */
    Digest(long nanos, int[] inFlight, double[] micros) {
        this.nanos = nanos;
        this.inFlight = inFlight.clone();
        this.micros = micros.clone();
    }

    long nanos() {
        return nanos;
    }

    int inFlight(int backend) {
        return inFlight[backend];
    }

    double micros(int backend) {
        return micros[backend];
    }
}
