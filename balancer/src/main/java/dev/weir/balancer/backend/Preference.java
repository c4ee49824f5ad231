package dev.weir.balancer.backend;

/**
 * In which order one of several balancer nodes prefers backends that have as much to do.
 *
 * <p>Left to chance, what a node has in flight beyond an even part lies somewhere else before the others have heard where. In an
 * order, it lies where it did before, so that old words are still true; and as each node begins the order at a point of its own,
 * evenly apart, the nodes' surpluses lie beside each other and not on top of each other. This is what makes sharing worth it with
 * few nodes, and with requests that are shorter than a word is old (simulations of it are in the load test).
 *
 * <p>All points move round once in {@link #TURN_MILLIS}, so that in the long run no backend is preferred. They do so by the time of
 * day: if a node's clock is wrong, its point is one like any other, only not evenly apart from the rest.
 *
 * @param begin where the order begins, 0 to less than 1
 * @param nodes how many there are, this one included
 */
public record Preference(double begin, int nodes) {
    /** Much longer than most requests take, for else it moves on before they have ended. */
    static final long TURN_MILLIS = 10_000;

    /** Multiples of it, less their whole part, lie about evenly, however many they are (Weyl's sequence). */
    private static final double GOLDEN_RATIO = 0.6180339887498949;

    /**
     * @param rank of this node among all that are there, in an order that they agree on; from 0
     * @param nodes how many these are, this one included
     */
    public static Preference of(int rank, int nodes, long epochMillis) {
        double turned = (double) (epochMillis % TURN_MILLIS) / TURN_MILLIS;
        return new Preference(fraction((double) rank / nodes + turned), nodes);
    }

    /**
     * A backend's place in the order.
     *
     * @param number of the backend in its pool
     * @return 0, the first, to less than 1
     */
    double place(int number) {
        return fraction(number * GOLDEN_RATIO - begin);
    }

    private static double fraction(double value) {
        return value - Math.floor(value);
    }
}
