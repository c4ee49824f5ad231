package dev.weir.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Whatever stands in a file: it is loaded, or a ConfigException says where it is wrong. Nothing else is thrown. */
final class ConfigLoaderPropertyTest {
    private static final int TRIES = 1_000;

    /** What a mutation puts into a valid file: whatever has a meaning in YAML or here. */
    private static final List<String> FRAGMENTS = List.of(
            ":",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "\n      ",
            "\t",
            "#",
            " #",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            "\"",
            "&a ",
            "*a",
            "!x ",
            "!!int ",
            "!!map ",
            "? ",
            "| ",
            ">",
            "%",
            "---\n",
            "...\n",
            "<<: *a",
            "null",
            "~",
            "true",
            "-1",
            "0",
            "1e9",
            "99999999999999999999",
            "10s",
            "5 %",
            "20%",
            "64KB",
            "200-299",
            "http://a",
            "https://a",
            "pool",
            "pools:",
            "shop",
            "listeners:",
            "strategy: { name: x }",
            "\ufeff",
            "\u0000",
            "\u2028",
            "\ud83d\ude00",
            "\\",
            "@",
            "`",
            "a: &a [*a]");

    private Path file;

    @BeforeProperty
    void createFile() throws IOException {
        file = Files.createTempFile("weir", ".yaml");
    }

    @AfterProperty
    void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }

    @Property(tries = TRIES, seed = "1")
    void anyBytesAreLoadedOrExplained(@ForAll byte[] bytes) throws IOException {
        Files.write(file, bytes);
        loadOrExplain();
    }

    @Property(tries = TRIES, seed = "2", shrinking = ShrinkingMode.BOUNDED)
    void anyMutationOfAValidFileIsLoadedOrExplained(@ForAll("mutations") String yaml) throws IOException {
        Files.write(file, yaml.getBytes(StandardCharsets.UTF_8)); // half a surrogate pair becomes a question mark
        if (loadOrExplain()) {
            assertThat(EditorSchema.violations(Files.readString(file)))
                    .as("what an editor would wrongly mark")
                    .isEmpty();
        }
    }

    private boolean loadOrExplain() {
        try {
            ConfigLoader.load(file, StrategyCheck.ANY);
            return true;
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.toString()).startsWith(file + ":").doesNotContain("\n", "Exception", "null;");
                assertThat(problem.message()).isNotBlank();
            });
            return false;
        }
    }

    @Provide
    Arbitrary<String> mutations() {
        Arbitrary<String> files = Arbitraries.of(
                ConfFiles.all().stream().map(ConfigLoaderPropertyTest::text).toList());
        Arbitrary<List<Mutation>> mutations = Combinators.combine(
                        Arbitraries.integers().between(0, 1_000_000),
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.of(FRAGMENTS))
                .as(Mutation::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
        return Combinators.combine(files, mutations).as(ConfigLoaderPropertyTest::mutate);
    }

    /** Replaces some characters somewhere by a fragment. */
    private record Mutation(int millionth, int length, String fragment) {}

    private static String mutate(String text, List<Mutation> mutations) {
        StringBuilder mutated = new StringBuilder(text);
        for (Mutation each : new ArrayList<>(mutations)) {
            int start = (int) ((long) each.millionth() * mutated.length() / 1_000_000);
            mutated.replace(start, Math.min(start + each.length(), mutated.length()), each.fragment());
        }
        return mutated.toString();
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
