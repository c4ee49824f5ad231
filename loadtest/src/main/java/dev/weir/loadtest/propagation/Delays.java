package dev.weir.loadtest.propagation;

import dev.weir.loadtest.propagation.Event.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** How long it took until other nodes knew: found by comparing what all of them wrote down. */
final class Delays {
    private final List<List<Event>> journals;
    private final long fromNanos;
    private final long toNanos;

    /**
     * @param journals of each node
     * @param fromNanos what happened before is not considered
     * @param toNanos nor what happened after; journals go on for a while
     */
    Delays(List<List<Event>> journals, long fromNanos, long toNanos) {
        this.journals = journals;
        this.fromNanos = fromNanos;
        this.toNanos = toNanos;
    }

    /** From when one thing happened on a node until each other node saw that it had, or saw what came after it. */
    Delay of(Kind cause, Kind effect) {
        Delay delay = new Delay();
        for (int at = 0; at < journals.size(); at++) {
            Map<Integer, List<Event>> effects = byWhat(journals.get(at), effect);
            for (int from = 0; from < journals.size(); from++) {
                if (from != at) {
                    byWhat(journals.get(from), cause)
                            .forEach((what, causes) -> follow(causes, effects.getOrDefault(what, List.of()), delay));
                }
            }
        }
        return delay;
    }

    /** In the order of time. */
    private static Map<Integer, List<Event>> byWhat(List<Event> journal, Kind kind) {
        return journal.stream()
                .filter(event -> event.kind() == kind)
                .sorted(Comparator.comparingLong(Event::nanos))
                .collect(Collectors.groupingBy(Event::about));
    }

    /** Each effect tells of the next cause of its value that came before it, and of all causes before that one. */
    private void follow(List<Event> causes, List<Event> effects, Delay delay) {
        int told = 0;
        for (Event effect : effects) {
            int of = told;
            while (of < causes.size() && causes.get(of).value() != effect.value()) {
                of++;
            }
            if (of < causes.size() && causes.get(of).nanos() - effect.nanos() <= 0) {
                causes.subList(told, of + 1).forEach(cause -> arrived(cause, effect, delay));
                told = of + 1;
            }
        }
        causes.subList(told, causes.size()).stream()
                .filter(cause -> isWithin(cause.nanos()))
                .forEach(cause -> delay.lost());
    }

    private void arrived(Event cause, Event effect, Delay delay) {
        if (isWithin(cause.nanos())) {
            delay.took(effect.nanos() - cause.nanos());
        }
    }

    private boolean isWithin(long nanos) {
        return nanos - fromNanos >= 0 && nanos - toNanos < 0;
    }

    /** What a node counted, in a second of the time considered. */
    static double perSecond(List<Event> journal, Kind kind, long fromNanos, long toNanos) {
        List<Event> counts = journal.stream()
                .filter(event -> event.kind() == kind && event.nanos() - fromNanos >= 0 && event.nanos() - toNanos < 0)
                .toList();
        if (counts.size() < 2) {
            return 0;
        }
        double nanos = counts.getLast().nanos() - counts.getFirst().nanos();
        return (counts.getLast().value() - counts.getFirst().value()) / nanos * TimeUnit.SECONDS.toNanos(1);
    }

    /** How long something took, many times. */
    static final class Delay {
        private static final int DIGITS = 3;

        private final Histogram nanos = new Histogram(DIGITS);
        private long lost;

        void took(long time) {
            nanos.recordValue(Math.max(0, time));
        }

        void lost() {
            lost++;
        }

        long count() {
            return nanos.getTotalCount();
        }

        /** Times that it never came to an end. */
        long lostCount() {
            return lost;
        }

        /** @param percentile 0 to 100 */
        double millis(double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e6;
        }
    }
}
