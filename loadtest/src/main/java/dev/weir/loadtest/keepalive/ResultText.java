package dev.weir.loadtest.keepalive;

import java.util.List;
import java.util.Locale;

/** A table for people. */
final class ResultText {
    private static final String ROW = "%-8s %-17s %-6s %9s %9s %13s %10s%n";

    private ResultText() {}

    static String of(Load load, List<Result> results) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%d clients together, %d rounds, backends close after %d ms idle, seed %d%n%n",
                load.clients(),
                load.rounds(),
                load.idle().toMillis(),
                load.seed()));
        text.append(String.format(
                Locale.ROOT, ROW, "proxy", "version", "method", "200", "502", "other status", "no answer"));
        for (Result result : results) {
            for (Method method : Method.values()) {
                Tally tally = result.tally();
                text.append(String.format(
                        Locale.ROOT,
                        ROW,
                        result.proxy(),
                        result.version(),
                        method,
                        tally.count(method, Outcome.OK),
                        tally.count(method, Outcome.BAD_GATEWAY),
                        tally.count(method, Outcome.OTHER_STATUS),
                        tally.count(method, Outcome.NO_ANSWER)));
            }
        }
        text.append(System.lineSeparator());
        for (Result result : results) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-8s %d requests, %d that clients saw fail; %d idle connections closed by backends%s%n",
                    result.proxy(),
                    result.tally().total(),
                    result.tally().failed(),
                    result.closings(),
                    result.masked() < 0 ? "" : "; " + result.masked() + " masked by another attempt"));
        }
        return text.toString();
    }
}
