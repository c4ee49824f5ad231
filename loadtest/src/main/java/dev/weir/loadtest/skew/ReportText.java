package dev.weir.loadtest.skew;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A table for people. */
final class ReportText {
    private static final String ROW = "%-38s%-24s%-24s%-24s%n";

    private ReportText() {}

    static String of(Plan plan, Instant start, List<Round> rounds) {
        StringBuilder text = new StringBuilder(head(plan, start));
        text.append(String.format(
                Locale.ROOT, ROW, "median (least to greatest)", Arm.LOCAL.title(), Arm.CLUSTER.title(), "ratio"));
        for (Figure figure : Figure.values()) {
            text.append(String.format(
                    Locale.ROOT,
                    ROW,
                    figure.title(),
                    figure.text(figure.of(Arm.LOCAL, rounds)),
                    figure.text(figure.of(Arm.CLUSTER, rounds)),
                    Figure.text(figure.ratio(rounds), 3)));
        }
        return text.toString().replaceAll("(?m) +$", "");
    }

    private static String head(Plan plan, Instant start) {
        return String.format(
                Locale.ROOT,
                "%d nodes with traffic of %s, %s, %s%n"
                        + "%d backends of %d workers, %.0f ms a request (log-normal), %d of them %.0f times slower, utilisation %.2f,%n"
                        + "%.0f requests a second; %d rounds of %d s for each, after %d s of warm-up; seed %d%n%n",
                plan.nodes(),
                plan.traffic().stream().map(String::valueOf).collect(Collectors.joining(":")),
                plan.strategy(),
                start,
                plan.backends(),
                plan.workers(),
                plan.serviceMillis(),
                plan.slow(),
                plan.slowdown(),
                plan.utilisation(),
                plan.rate() * 1e9,
                plan.rounds(),
                plan.seconds(),
                Plan.WARM_UP_SECONDS,
                plan.seed());
    }
}
