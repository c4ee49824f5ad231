package dev.weir.loadtest.faults;

/**
 * When a fault shows, of the occasions that it has: connections for what happens at the accept, exchanges for the rest.
 *
 * @param first the first occasion that it shows at, counted from 1
 * @param every distance to the next one; 0: there is no next one
 */
public record Mode(long first, long every) {
    public static final Mode ALWAYS = new Mode(1, 1);
    public static final Mode ONCE = new Mode(1, 0);

    public Mode {
        if (first < 1 || every < 0) {
            throw new IllegalArgumentException(
                    "first: " + first + ", every: " + every + " (expected: at least 1, at least 0)");
        }
    }

    /** The nth occasion, the 2nth, and so on; those between are healthy. */
    public static Mode everyNth(int n) {
        return new Mode(n, n);
    }

    boolean showsAt(long occasion) {
        return occasion == first || (every > 0 && occasion > first && (occasion - first) % every == 0);
    }
}
