package dev.weir.balancer.peers;

import java.util.concurrent.TimeUnit;

/**
 * What one node has of a limit that all nodes have together, as its fair part of it changes. It gives back at once. For more it asks
 * first, gives the others the time to hear that, and then takes what they all leave.
 *
 * <p>So all nodes together never have more than the limit, whatever each believes to be fair, if what one says is heard within
 * that time. For if they had, look at the one that asked last: when it took, it had heard what each of the others had asked for
 * before, and these have no more than that. Not thread-safe.
 */
final class Holding {
    /** The others hear within 150 ms, as a rule; more than three times that. */
    static final long ASKING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private int has;
    private int asked;
    private long askedNanos;

    Holding(int has) {
        this.has = has;
        this.asked = has;
    }

    /**
     * Draws the conclusions from what is known now.
     *
     * @param fair its part
     * @param left what of the limit the others leave; may be less than nothing
     */
    void settle(int fair, long left, long nowNanos) {
        if (fair <= has) {
            has = fair;
            asked = fair;
            return;
        }
        if (asked == has) {
            asked = fair;
            askedNanos = nowNanos;
        }
        asked = Math.min(asked, fair);
        if (nowNanos - askedNanos >= ASKING_NANOS) {
            has = (int) Math.max(has, Math.min(asked, left));
        }
    }

    /** What it may use. */
    int has() {
        return has;
    }

    /** What the others have to leave to it; no less than what it has. */
    int asked() {
        return asked;
    }
}
