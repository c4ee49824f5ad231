package dev.weir.balancer.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in one line what several event loops noticed of the same pause. Confined to the control context, to which the loops
 * post what they notice.
 */
public final class Pauses {
    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    /** Shorter pauses are counted and discounted, but not worth a line. */
    public static final long WORTH_A_LINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Within this time after one loop woke up the others have said what they noticed. */
    static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final int loops;
    private final LongSupplier collectedMillis;
    private final LongSupplier nanoClock;
    private final Consumer<Report> listener;
    private final List<Pause> gathered = new ArrayList<>();
    private long collectedBefore;

    /**
     * What happened, for operators.
     *
     * @param time the longest pause of any loop
     * @param what a clause: who stood still, how long, and perhaps why
     * @param deadlines that were extended
     */
    public record Report(Duration time, String what, int deadlines) {
        /** One line. */
        String words() {
            return what + "; " + deadlines
                    + " deadlines passed in that time and were extended, and no backend is blamed for it";
        }
    }

    /**
     * @param loops how many event loops there are, the control context included
     * @param collectedMillis time spent in garbage collection so far
     * @param listener told of each report, on the control context
     */
    public Pauses(int loops, LongSupplier collectedMillis, LongSupplier nanoClock, Consumer<Report> listener) {
        this.loops = loops;
        this.collectedMillis = collectedMillis;
        this.nanoClock = nanoClock;
        this.listener = listener;
        this.collectedBefore = collectedMillis.getAsLong();
    }

    /** A loop stood still. */
    public void add(Pause pause) {
        if (pause.nanos() >= WORTH_A_LINE_NANOS) {
            gathered.add(pause);
        }
    }

    /** To be called every now and then: reports once all loops had the time to say what they noticed. */
    public void tick() {
        long last = gathered.stream().mapToLong(Pause::toNanos).max().orElse(Long.MAX_VALUE);
        if (gathered.isEmpty()) {
            collectedBefore = collectedMillis.getAsLong();
        } else if (nanoClock.getAsLong() - last >= GATHER_NANOS) {
            Report report = report();
            gathered.clear();
            LOG.warn(report.words());
            listener.accept(report);
        }
    }

    private Report report() {
        long longest = gathered.stream().mapToLong(Pause::nanos).max().orElse(0);
        int deadlines = gathered.stream().mapToInt(Pause::deadlines).sum();
        String what = String.format(Locale.ROOT, "%s stood still for %.1f s%s", who(), longest / 1e9, why(longest));
        return new Report(Duration.ofNanos(longest), what, deadlines);
    }

    private String who() {
        List<String> names =
                gathered.stream().map(Pause::loop).distinct().sorted().toList();
        return names.size() >= loops
                ? "this node"
                : names.stream().collect(Collectors.joining(", ", "of this node ", ""));
    }

    /** A guess, but a good one: what most often stops a whole process is its garbage collector. */
    private String why(long nanos) {
        long collected = collectedMillis.getAsLong() - collectedBefore;
        long names = gathered.stream()
                .map(Pause::loop)
                .filter(Objects::nonNull)
                .distinct()
                .count();
        if (TimeUnit.MILLISECONDS.toNanos(collected) * 2 >= nanos) {
            return " (garbage collection took " + collected + " ms: give it more memory)";
        }
        return names >= loops
                ? " (not by garbage collection: was the process or its host stopped, or short of CPU?)"
                : " (blocked by a task, or short of CPU)";
    }
}
