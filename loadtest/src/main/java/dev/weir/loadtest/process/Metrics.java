package dev.weir.loadtest.process;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One scrape in the Prometheus text format. */
public record Metrics(List<String> lines) {
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

    public static Metrics of(String text) {
        return new Metrics(text.lines().filter(line -> !line.startsWith("#")).toList());
    }

    /**
     * The sum of the samples that have all of these labels.
     *
     * @param labels as {@code name="value"}
     * @throws IllegalStateException if there is none: that is not the same as zero
     */
    public double sum(String name, String... labels) {
        List<String> samples = lines.stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .toList();
        if (samples.isEmpty()) {
            throw new IllegalStateException("no sample of " + name + " with " + List.of(labels));
        }
        return samples.stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Values above zero by the value of one label. */
    public Map<String, Double> by(String label, String name, String... labels) {
        Map<String, Double> values = new TreeMap<>();
        for (String line : lines) {
            if (line.startsWith(name + "{") && List.of(labels).stream().allMatch(line::contains)) {
                double value = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                Matcher matcher = LABEL.matcher(line);
                while (value > 0 && matcher.find()) {
                    if (matcher.group(1).equals(label)) {
                        values.merge(matcher.group(2), value, Double::sum);
                    }
                }
            }
        }
        return values;
    }
}
