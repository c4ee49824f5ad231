package dev.weir.loadtest.propagation;

import dev.weir.loadtest.propagation.Delays.Delay;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results for people. */
final class ResultText {
    /** Of one core; threads that take less are not told. */
    private static final double LEAST = 0.0005;

    /** Of one core; above, other processes may be why the figures are as they are. */
    private static final double BUSY = 0.25;

    private static final String ROW = "%8s %6s  %6s %6s %6s  %6s %6s %6s  %6s %6s %6s  %6s %6s  %6s %8s%n";

    private ResultText() {}

    static String head() {
        return ROW.formatted(
                        "", "", "tick", "until", "heard", "load", "until", "heard", "verdict", "", "", "CPU,", "%",
                        "mess./", "KiB/")
                + ROW.formatted(
                        "backends",
                        "change",
                        "p50",
                        "p99",
                        "max",
                        "p50",
                        "p99",
                        "max",
                        "p50",
                        "p99",
                        "max",
                        "mean",
                        "most",
                        "s",
                        "s");
    }

    static String row(Result result) {
        Scenario scenario = result.scenario();
        Delay tick = result.tick();
        Delay load = result.load();
        Delay verdict = result.verdict();
        StringBuilder text = new StringBuilder(ROW.formatted(
                scenario.isIdle() ? "idle" : Integer.toString(scenario.backends()),
                scenario.isIdle() ? "" : whole(100 * scenario.share()) + " %",
                millis(tick, 50),
                millis(tick, 99),
                millis(tick, 100),
                millis(load, 50),
                millis(load, 99),
                millis(load, 100),
                millis(verdict, 50),
                millis(verdict, 99),
                millis(verdict, 100),
                hundredths(100 * result.cpu()),
                hundredths(100 * result.cpuMost()),
                tenths(result.messages()),
                tenths(result.bytes() / 1024)));
        text.append(threads(result));
        long lost = load.lostCount() + verdict.lostCount();
        if (lost > 0) {
            text.append("  Doubt: ").append(lost).append(" changes never arrived\n");
        }
        if (result.others() > BUSY) {
            text.append("  Doubt: other processes used ")
                    .append(whole(100 * result.others()))
                    .append(" % of a core meanwhile\n");
        }
        return text.toString();
    }

    private static String threads(Result result) {
        Map<String, Double> threads = result.threads();
        return threads.entrySet().stream()
                .filter(each -> each.getValue() >= LEAST)
                .map(each -> each.getKey() + " " + hundredths(100 * each.getValue()))
                .collect(Collectors.joining(", ", "  threads: ", "\n"));
    }

    private static String millis(Delay delay, double percentile) {
        return delay.count() == 0 ? "-" : tenths(delay.millis(percentile));
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private static String tenths(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String hundredths(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
