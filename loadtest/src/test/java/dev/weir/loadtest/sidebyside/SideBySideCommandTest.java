package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.process.Tool;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SideBySideCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --rounds 0               | --rounds: 0 (expected: 1 to 1000)
                    --connections 5000       | --connections: 5000 (expected: 1 to 1024)
                    --body-size -1           | --body-size: -1 (expected: 0 to 262144)
                    --only envoy             | --only: envoy (expected: weir, nginx, haproxy)
                    --only nginx,nginx       | --only: [nginx, nginx] (expected: each name once)
                    --only nginx --max-ratio 1 | --only: [nginx] (expected: weir first, and nginx
                    --proxy-core 4096        | --proxy-core: 4096 (expected: one of
                    --weir-config /nowhere   | --weir-config: /nowhere (expected: a readable file
                    """)
    void badUsageIsAnsweredWithTheOptionTheValueAndWhatWasExpected(String arguments, String message) {
        needTwoCores();

        int exitCode = execute(arguments.split(" ", -1));

        assertThat(err.toString()).contains(message);
        assertThat(exitCode).isEqualTo(2);
    }

    @Test
    void aMissingJarIsNamedWithTheCommandThatBuildsIt() {
        needTwoCores();
        need(Tool.WRK);

        int exitCode = execute("--weir-jar", "/nowhere/weir.jar", "--only", "weir");

        assertThat(err.toString()).contains("/nowhere/weir.jar").contains("mvn -pl balancer");
        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void aShortRunMeasuresBothPeersAndLeavesNothingBehind(@TempDir Path directory) throws Exception {
        needTwoCores();
        need(Tool.WRK, Tool.NGINX, Tool.HAPROXY, Tool.TASKSET);
        Path json = directory.resolve("result.json");

        int exitCode = execute(
                "--only=nginx,haproxy", "--rounds=1", "--seconds=2", "--warmup=1", "--connections=8", "--json=" + json);

        assertThat(exitCode).as(err.toString()).isZero();
        assertThat(out.toString()).contains("nginx / haproxy");
        JsonNode peers = new JsonMapper().readTree(json.toFile()).get("peers");
        assertThat(peers).hasSize(2).allSatisfy(SideBySideCommandTest::isPlausible);
        assertThat(ProcessHandle.current().descendants()).noneMatch(ProcessHandle::isAlive);
    }

    private static void isPlausible(JsonNode peer) {
        JsonNode round = peer.get("rounds").get(0);
        // no machine proxies an HTTP request within 0.1 us of CPU, and none that works at all needs 10 ms
        assertThat(round.get("cpu-micros-per-request").asDouble()).isBetween(0.1, 10_000.0);
        assertThat(round.get("requests").asLong()).isPositive();
        assertThat(round.get("upstream-connections").asLong())
                .isLessThan(round.get("requests").asLong());
    }

    private int execute(String... arguments) {
        CommandLine commandLine = new CommandLine(new SideBySideCommand());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private static void needTwoCores() {
        assumeTrue(Machine.here().allowedCores().size() >= 2, "a measurement needs two cores");
    }

    private static void need(Tool... tools) {
        List<Tool> missing = new ArrayList<>();
        for (Tool tool : tools) {
            if (tool.find().isEmpty()) {
                missing.add(tool);
            }
        }
        assumeTrue(missing.isEmpty(), () -> "not installed: " + missing);
    }
}
