package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What wrk printed.
 *
 * @param requests answers received in full, of whatever status
 * @param seconds wall time of the load
 * @param p50Millis median latency, milliseconds
 * @param p99Millis 99th percentile of the latency, milliseconds
 * @param complaints wrk's lines about socket errors and about answers that are not 2xx or 3xx; empty if all went well
 */
record WrkReport(long requests, double seconds, double p50Millis, double p99Millis, String complaints) {
    private static final String AMOUNT = "([0-9.]+)(us|ms|s|m|h)\\b";
    private static final Pattern TOTAL = Pattern.compile("(?m)^\\s*([0-9]+) requests in " + AMOUNT);
    private static final Pattern P50 = Pattern.compile("(?m)^\\s*50%\\s+" + AMOUNT);
    private static final Pattern P99 = Pattern.compile("(?m)^\\s*99%\\s+" + AMOUNT);
    private static final Pattern COMPLAINT = Pattern.compile("(?m)^\\s*((?:Socket errors|Non-2xx or 3xx).*)$");

    private static final Map<String, Double> MILLIS = Map.of("us", 1e-3, "ms", 1.0, "s", 1e3, "m", 60e3, "h", 3600e3);

    /** @throws MeasurementException with the text, if it is not what wrk prints with --latency */
    static WrkReport parse(String text) {
        MatchResult total = find(TOTAL, text);
        String complaints = COMPLAINT
                .matcher(text)
                .results()
                .map(line -> line.group(1))
                .reduce((one, other) -> one + "; " + other)
                .orElse("");
        return new WrkReport(
                Long.parseLong(total.group(1)),
                millis(total.group(2), total.group(3)) / 1e3,
                percentile(P50, text),
                percentile(P99, text),
                complaints);
    }

    private static double percentile(Pattern line, String text) {
        MatchResult match = find(line, text);
        return millis(match.group(1), match.group(2));
    }

    private static MatchResult find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new MeasurementException("wrk did not print what was expected: " + text.strip());
        }
        return matcher.toMatchResult();
    }

    private static double millis(String amount, String unit) {
        Double factor = MILLIS.get(unit);
        if (factor == null) {
            throw new IllegalArgumentException("unit: " + unit + " (expected: one of " + MILLIS.keySet() + ")");
        }
        return Double.parseDouble(amount) * factor;
    }
}
