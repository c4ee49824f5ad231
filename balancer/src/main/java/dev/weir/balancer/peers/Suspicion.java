package dev.weir.balancer.peers;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node suspects itself: it alone finds most of the backends down that it knows, while others find them well. That
 * is a broken cable here rather than so many broken backends. Only for as long as others are well: the last node that is left
 * goes on as best it can. Not thread-safe.
 */
final class Suspicion {
    /** Whoever checks more seldom than that has to live with a wrong suspicion. */
    private static final long MOST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** For what others say to arrive, and for what they noticed a moment later. */
    private static final long LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long patienceNanos;
    private boolean suspects;
    private boolean wasSo;
    private long sinceNanos;
    private @Nullable String words;

    /**
     * @param noticeNanos how long another node may take to find a backend down: nodes notice the same failure one after the other,
     *     first whoever has most requests
     */
    Suspicion(long noticeNanos) {
        this.patienceNanos = Math.min(noticeNanos + LAG_NANOS, MOST_PATIENCE_NANOS);
    }

    /**
     * Judges anew.
     *
     * @param contradicted backends that this node alone finds down, and others well
     * @param known backends that this node has used or checked of late
     * @param othersWell nodes that do not suspect themselves, and want requests
     */
    void judge(int contradicted, int known, int othersWell, long nowNanos) {
        boolean so = othersWell > 0 && contradicted * 2 > known;
        if (so && !wasSo) {
            sinceNanos = nowNanos;
        }
        wasSo = so;
        suspects = so && nowNanos - sinceNanos >= patienceNanos;
        if (!suspects) {
            return;
        }
        words = "alone in finding " + contradicted + " of " + known + " backends down that " + othersWell
                + (othersWell == 1 ? " other node finds well" : " other nodes find well")
                + ": look at this node's own network";
    }

    /** @return a clause that follows "this node is"; null: it does not suspect itself */
    @Nullable
    String words() {
        return suspects ? words : null;
    }
}
