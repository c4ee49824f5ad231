package dev.weir.balancer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, labels and meanings: what operators build their alerts on. */
final class MeterNamesTest {
    private static final Path README = Path.of("README.md");
    private static final Pattern ROW = Pattern.compile("\\| `(weir_[a-z_]+)` +\\| ([^|]*?) *\\| ([^|]*?) *\\|");

    @TempDir
    private Path folder;

    @Test
    void promtoolFindsNothingToComplainOf() throws Exception {
        Path report = folder.resolve("report");
        Process promtool = promtool(report);
        try (Everything everything = new Everything()) {
            promtool.getOutputStream().write(everything.metrics.scrape(null).getBytes(StandardCharsets.UTF_8));
            promtool.getOutputStream().close();
        }
        int exit = promtool.waitFor();

        assertThat(Files.readString(report)).isEmpty();
        assertThat(exit).isZero();
    }

    private static Process promtool(Path report) {
        try {
            return new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .redirectOutput(report.toFile())
                    .start();
        } catch (IOException e) {
            throw new AssertionError("promtool is not installed: it comes with the package prometheus", e);
        }
    }

    @Test
    void theListInTheReadmeIsTheListOfMeters() throws IOException {
        Set<String> listed = new TreeSet<>();
        Matcher row = ROW.matcher(section("Metrics"));
        while (row.find()) {
            listed.add(row.group(1) + " | " + row.group(2).replace("`", "") + " | " + row.group(3));
        }
        Set<String> present = Arrays.stream(Meter.values())
                .map(meter -> meter.fullName() + " | " + String.join(", ", meter.labels()) + " | " + meter.help())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(listed).isEqualTo(present);
    }

    @Test
    void aScrapeShowsTheMetersThatAreListedAndNoOthers() {
        try (Everything everything = new Everything()) {
            Set<String> scraped = everything
                    .metrics
                    .scrape(null)
                    .lines()
                    .filter(line -> line.startsWith("# HELP weir_"))
                    .map(line -> line.substring("# HELP ".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> listed = Arrays.stream(Meter.values())
                    .map(meter -> meter.fullName() + " " + meter.help())
                    .collect(Collectors.toCollection(TreeSet::new));

            assertThat(scraped).isEqualTo(listed);
        }
    }

    @Test
    void everySampleHasExactlyTheLabelsOfItsMeter() {
        Pattern sample = Pattern.compile("(weir_[a-z_]+)(?:\\{(.*)})? .*");
        try (Everything everything = new Everything()) {
            List<String> samples = everything
                    .metrics
                    .scrape(null)
                    .lines()
                    .filter(line -> line.startsWith("weir_"))
                    .toList();
            assertThat(samples).isNotEmpty().allSatisfy(line -> {
                Matcher parts = sample.matcher(line);
                assertThat(parts.matches()).as(line).isTrue();
                Set<String> labels = parts.group(2) == null
                        ? Set.of()
                        : Arrays.stream(parts.group(2).split(","))
                                .map(label -> label.substring(0, label.indexOf('=')))
                                .filter(label -> !label.equals("le"))
                                .collect(Collectors.toSet());
                assertThat(labels).isEqualTo(Set.copyOf(meter(parts.group(1)).labels()));
            });
        }
    }

    private static Meter meter(String sampleName) {
        String name = sampleName.replaceFirst("(_seconds)_(bucket|count|sum)$", "$1");
        return Arrays.stream(Meter.values())
                .filter(meter -> meter.fullName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("unknown: " + sampleName));
    }

    /** The text between a heading of the second level and the next one. */
    private static String section(String heading) throws IOException {
        String text = Files.readString(README);
        int start = text.indexOf("\n## " + heading + "\n");
        assertThat(start).as("section " + heading + " in " + README).isNotNegative();
        int end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end);
    }
}
