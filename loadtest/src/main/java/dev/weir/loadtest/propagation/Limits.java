package dev.weir.loadtest.propagation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody wants the figures to be at most. */
final class Limits {
    private Limits() {}

    /**
     * @param tickP50 ms; null: no limit
     * @param p99 ms, of load and of verdicts; null: no limit
     * @param cpuPercent of a core; null: no limit
     * @return for each limit that is exceeded, a line
     */
    static List<String> exceeded(
            Result result, @Nullable Double tickP50, @Nullable Double p99, @Nullable Double cpuPercent) {
        List<String> lines = new ArrayList<>();
        check("tick until heard, p50, ms", result.tick().millis(50), tickP50, result, lines);
        check("load until heard, p99, ms", result.load().millis(99), p99, result, lines);
        check("verdict until heeded, p99, ms", result.verdict().millis(99), p99, result, lines);
        check("CPU, mean of the nodes, % of a core", 100 * result.cpu(), cpuPercent, result, lines);
        return lines;
    }

    private static void check(String what, double is, @Nullable Double most, Result result, List<String> lines) {
        if (most != null && is > most) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Too much with %d backends, of which %.0f %% change: %s: %.2f (expected: at most %.2f)",
                    result.scenario().backends(),
                    100 * result.scenario().share(),
                    what,
                    is,
                    most));
        }
    }
}
