package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.StrategyConfig;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategiesTest {
    @TempDir
    private Path directory;

    @Test
    void allThatTheReadmeListsAreThereAndNoOthers() throws IOException {
        Matcher row = Pattern.compile("^\\| `([a-z-]+)` +\\| [^|]+ \\| [^|]+ \\|$", Pattern.MULTILINE)
                .matcher(section("## Strategies", "Options of `ring-hash`"));
        List<String> listed =
                row.results().map(match -> match.group(1)).sorted().toList();
        assertThat(listed).hasSize(8);
        assertThat(Fixture.STRATEGIES.names()).containsExactlyElementsOf(listed);
    }

    @Test
    void anUnknownNameListsTheKnownOnesAndTheNearest() {
        assertThatThrownBy(() -> Fixture.make("leest-requests"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("'leest-requests'", "round-robin", "sticky", "did you mean 'least-requests'");
    }

    @Test
    void aCheckTellsWhatIsWrongAndNothingIfAllIsWell() {
        assertThat(Fixture.STRATEGIES.problem(new StrategyConfig("round-robin", new JsonObject())))
                .isNull();
        assertThat(Fixture.STRATEGIES.problem(new StrategyConfig("round", new JsonObject())))
                .contains("'round'");
        assertThat(Fixture.STRATEGIES.problem(new StrategyConfig("maglev", new JsonObject().put("hash-on", "moon"))))
                .contains("'moon'");
    }

    @Test
    void theStrategyOfTheReadmeIsLoadedFromAForeignJarAndWorks() throws IOException {
        String source = section("### Writing a strategy", "Its jar names it");
        source = source.substring(source.indexOf("```java") + 8, source.lastIndexOf("```"));
        assertThat(source.lines().filter(line -> !line.isBlank())).as("lines").hasSizeLessThanOrEqualTo(30);
        Path jar = PluginJar.of(directory, "com.example.FirstFree", source, "com.example.FirstFree");
        try (URLClassLoader loader = PluginJar.loader(jar)) {
            Strategies strategies = new Strategies(loader);
            assertThat(strategies.names()).contains("first-free").containsAll(Fixture.STRATEGIES.names());
            StrategyConfig config = new StrategyConfig("first-free", new JsonObject().put("limit", 2));
            List<Candidate> candidates = Fixture.equal(3);
            Picker picker = strategies
                    .make(config, "shop", () -> 0, new SplittableRandom(1))
                    .picker(Fixture.eligible(candidates));
            int[] inFlight = new int[3];
            for (int i = 0; i < 5; i++) {
                Backend picked = picker.pick(new FakeRequest());
                picked.stats().tryBegin(0);
                inFlight[candidates.indexOf(new Candidate(picked, Candidate.SCALE))]++;
            }
            assertThat(inFlight).containsExactly(2, 2, 1);
            assertThat(strategies.problem(new StrategyConfig("first-free", new JsonObject().put("limit", 0))))
                    .contains("'limit'", "1 to 1000000");
            assertThat(strategies.problem(new StrategyConfig("first-fre", new JsonObject())))
                    .contains("did you mean 'first-free'");
        }
    }

    @Test
    void aNameThatIsTakenIsRefusedAndBothAreNamed() throws IOException {
        assertThatThrownBy(() -> strategiesWith("Second", "\"round-robin\""))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .contains("'round-robin'", "com.example.Second", RoundRobin.class.getName());
    }

    @Test
    void aPluginWithoutANameIsRefused() throws IOException {
        assertThatThrownBy(() -> strategiesWith("Nameless", "null"))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .contains("'null'", "com.example.Nameless");
    }

    @Test
    void aNameThatCannotStandInAConfigurationIsRefused() throws IOException {
        assertThatThrownBy(() -> strategiesWith("Odd", "\"Very Odd\""))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .contains("'Very Odd'", "com.example.Odd", "lower case");
    }

    @Test
    void aPluginThatFailsIsAProblemOfTheConfigurationThatNamesIt() throws IOException {
        String source = provider("Hasty", "\"hasty\"")
                .replace("return eligible", "options.getInteger(\"size\"); return eligible");
        Path jar = PluginJar.of(directory, "com.example.Hasty", source, "com.example.Hasty");
        try (URLClassLoader loader = PluginJar.loader(jar)) {
            JsonObject options = new JsonObject().put("size", "big");
            assertThat(new Strategies(loader).problem(new StrategyConfig("hasty", options)))
                    .contains("'hasty'", "ClassCastException");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "return null, create gave null",
        "throw new NoClassDefFoundError(\"Helper\"), NoClassDefFoundError: Helper",
        "return eligible -> null, picker gave null",
        "return eligible -> { throw new IllegalArgumentException(\"odd\"); }, IllegalArgumentException: odd",
    })
    void aPluginThatGivesNothingOrFailsIsNamed(String body, String reason) throws IOException {
        String source = provider("Broken", "\"broken\"").replace("return eligible -> context -> null", body);
        Path jar = PluginJar.of(directory, "com.example.Broken", source, "com.example.Broken");
        StrategyConfig config = new StrategyConfig("broken", new JsonObject());
        try (URLClassLoader loader = PluginJar.loader(jar)) {
            Strategies strategies = new Strategies(loader);
            assertThatThrownBy(() -> strategies
                            .make(config, "shop", () -> 0, new SplittableRandom(1))
                            .picker(Fixture.eligible(Fixture.equal(1))))
                    .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class)
                    .message()
                    .startsWith("the strategy 'broken' cannot ")
                    .contains(reason);
        }
    }

    @Test
    void aPluginThatIsNotThereIsNamed() throws IOException {
        String source = provider("Here", "\"here\"");
        Path jar = PluginJar.of(directory, "com.example.Here", source, "com.example.Gone");
        try (URLClassLoader loader = PluginJar.loader(jar)) {
            assertThatThrownBy(() -> new Strategies(loader))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("com.example.Gone");
        }
    }

    private void strategiesWith(String className, String name) throws IOException {
        String type = "com.example." + className;
        Path jar = PluginJar.of(directory, type, provider(className, name), type);
        try (URLClassLoader loader = PluginJar.loader(jar)) {
            new Strategies(loader).names();
        }
    }

    private static String provider(String className, String name) {
        return """
                package com.example;

                import dev.weir.balancer.strategy.*;
                import io.vertx.core.json.JsonObject;

                public final class %s implements StrategyProvider {
                    public String name() {
                        return %s;
                    }

                    public Strategy create(JsonObject options, Environment environment) {
                        return eligible -> context -> null;
                    }
                }
                """.formatted(className, name);
    }

    private static String section(String from, String to) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int start = readme.indexOf(from);
        return readme.substring(start, readme.indexOf(to, start));
    }
}
