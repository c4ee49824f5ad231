package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.process.Metrics;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Times in which nodes' event loops stood still, by the nodes' own meter: it counts those of 100 ms and more. For one thread.
 */
final class LoopWatch {
    private static final String PAUSES = "weir_event_loop_pauses_seconds";

    private final Map<Integer, Counts> begun = new HashMap<>();
    private Counts sum = Counts.NONE;

    /**
     * Pauses of all loops of a node.
     *
     * @param all of 100 ms and more
     * @param stalls more than half a second
     * @param stops more than ten seconds
     */
    record Counts(int loops, long all, long stalls, long stops) {
        static final Counts NONE = new Counts(0, 0, 0, 0);

        static Counts of(Metrics metrics) {
            long all = Math.round(metrics.sum(PAUSES + "_count"));
            long upToHalf = Math.round(metrics.sum(PAUSES + "_bucket", "le=\"0.5\""));
            long upToTen = Math.round(metrics.sum(PAUSES + "_bucket", "le=\"10.0\""));
            int loops = (int) metrics.lines().stream()
                    .filter(line -> line.startsWith(PAUSES + "_count"))
                    .count();
            return new Counts(loops, all, all - upToHalf, all - upToTen);
        }

        private Counts minus(Counts before) {
            return new Counts(loops, all - before.all, stalls - before.stalls, stops - before.stops);
        }

        private Counts plus(Counts other) {
            return new Counts(loops + other.loops, all + other.all, stalls + other.stalls, stops + other.stops);
        }
    }

    /** From now on the pauses of a node count. */
    void begin(Node node) {
        begun.put(node.number(), Counts.of(node.metrics()));
    }

    boolean isWatching(Node node) {
        return begun.containsKey(node.number());
    }

    /** Its process is about to end, or the scenario is. */
    void end(Node node) {
        Counts before = begun.remove(node.number());
        if (before != null) {
            sum = sum.plus(Counts.of(node.metrics()).minus(before));
        }
    }

    /**
     * Its process was stopped on purpose, and once: each loop is allowed that one pause.
     *
     * @return null: they all noticed; else what is wrong
     */
    @Nullable
    String forgiveStop(Node node) {
        Counts before = begun.get(node.number());
        if (before == null) {
            return node.name() + " was not watched";
        }
        Counts since = Counts.of(node.metrics()).minus(before);
        long own = since.stops;
        begun.put(node.number(), new Counts(before.loops, before.all + own, before.stalls + own, before.stops + own));
        return own == since.loops ? null : node.name() + " counts " + own + " stops of its " + since.loops + " loops";
    }

    /** Of all that has ended. */
    Counts sum() {
        return sum;
    }
}
