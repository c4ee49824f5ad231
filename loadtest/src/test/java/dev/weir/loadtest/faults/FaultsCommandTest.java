package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.loadtest.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class FaultsCommandTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    reset-on-acept            | no fault: reset-on-acept; did you mean reset-on-accept
                    refuse refuse             | fault: refuse (expected: each once)
                    --port-base 70000         | --port-base: 70000 (expected: 0 to 65535)
                    --port-base 65535         | --port-base: 65535 (expected: at most
                    --dns-port -1             | --dns-port: -1 (expected: 0 to 65535)
                    --host example.com        | --host: example.com (expected: an address as a literal
                    --every 0                 | --every: 0 (expected: 1 or more)
                    --once --every 2          | mutually exclusive
                    --list --print-config     | mutually exclusive
                    --after -1                | --after: -1 (expected: 0 to 86400)
                    --print-config --json     | --json: with --print-config (expected: no --json
                    --print-config --port-base 0 | --port-base: 0 (expected: a port
                    --lst                     | Unknown option: '--lst'
                    """)
    void badUsageIsAnsweredWithTheOptionTheValueAndWhatWasExpected(String arguments, String message) {
        assertThat(execute(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void theListHasALineForEachFault() {
        assertThat(execute("--list")).isZero();

        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(1 + Faults.all().size());
        assertThat(lines.getFirst()).matches("ID +ROW +WHAT IT DOES");
        assertThat(lines)
                .anySatisfy(line -> assertThat(line).matches("reset-on-accept +A14 +accepts, then RST at once"));
    }

    @Test
    void theListCanBeReadByPrograms() throws Exception {
        assertThat(execute("--list", "--json", "refuse", "dns-nxdomain", "answers-502"))
                .isZero();

        JsonNode rows = new JsonMapper().readTree(out.toString());
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).get("id").asText()).isEqualTo("refuse");
        assertThat(rows.get(0).get("row").asText()).isEqualTo("A1");
        assertThat(rows.get(0).get("has-occasions").asBoolean()).isFalse();
        assertThat(rows.get(1).get("is-about-names").asBoolean()).isTrue();
        assertThat(rows.get(2).get("has-occasions").asBoolean()).isTrue();
        assertThat(rows.get(2).has("url")).isFalse();
    }

    @Test
    void theConfigurationHasAPoolAndAPathForEachFault() {
        assertThat(execute("--print-config", "--with-healthy", "refuse", "answers-502", "dns-empty"))
                .isZero();

        assertThat(out.toString())
                .contains("  - { path: /refuse, pool: refuse }")
                .contains("  refuse:  # A1: nothing listens on the port")
                .contains("backends: [\"http://127.0.0.1:9100\", \"http://127.0.0.1:9103\"]")
                .contains("backends: [\"http://127.0.0.1:9101\", \"http://127.0.0.1:9103\"]")
                .contains("backends: [\"http://dns-empty.faults.test:9102\", \"http://127.0.0.1:9103\"]")
                .contains("servers: [\"127.0.0.1:9053\"]");
    }

    @Test
    void theBalancerTakesTheConfigurationOfAllFaults(@TempDir Path directory) throws Exception {
        Path jar = Path.of("..", "balancer", "target", "weir.jar");
        assumeTrue(Files.isReadable(jar), "the balancer's jar has not been built");
        execute("--print-config", "--with-healthy");
        Path file = Files.writeString(directory.resolve("faults.yaml"), out.toString());

        Process check = new ProcessBuilder(
                        JAVA, "-XX:TieredStopAtLevel=1", "-jar", jar.toString(), "check", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(check.waitFor()).as(said).isZero();
    }

    @Test
    void itServesUntilItIsStopped() throws Exception {
        Process process =
                start("--port-base=0", "--dns-port=0", "--json", "--once", "answers-503", "refuse", "dns-empty");
        try {
            JsonNode rows = new JsonMapper().readTree(readArray(process));

            URI url = URI.create(rows.get(0).get("url").asText());
            try (RawConnection connection = new RawConnection(url.getHost(), url.getPort())) {
                assertThat(connection.get().readResponse()).startsWith("HTTP/1.1 503 ");
                assertThat(connection.get().readResponse()).startsWith("HTTP/1.1 200 ");
            }
            assertThat(rows.get(2).get("name-server").asText()).startsWith("127.0.0.1:");
        } finally {
            process.toHandle().destroy(); // the process itself would close its streams
        }

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("These know no single occasions, and last: refuse, dns-empty" + System.lineSeparator());
    }

    @Test
    void allIsWellAtFirstIfThatIsWanted() throws Exception {
        Process process = start("--port-base=0", "--json", "--after=1", "answers-503");
        try {
            JsonNode rows = new JsonMapper().readTree(readArray(process));
            BufferedReader said = process.errorReader();
            assertThat(said.readLine()).isEqualTo("All is well for 1 s.");
            assertThat(said.readLine()).isEqualTo("The faults begin.");

            URI url = URI.create(rows.get(0).get("url").asText());
            try (RawConnection connection = new RawConnection(url.getHost(), url.getPort())) {
                assertThat(connection.get().readResponse()).startsWith("HTTP/1.1 503 ");
            }
        } finally {
            process.destroy();
        }
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsFault() {
        try (FaultServer taken = FaultServer.start(Faults.healthy())) {
            int exitCode = execute("--port-base", Integer.toString(taken.port()), "answers-503");

            assertThat(exitCode).isEqualTo(1);
            assertThat(err.toString()).contains("Not started: answers-503: cannot bind 127.0.0.1 port " + taken.port());
        }
    }

    @Test
    void theScriptSaysWhatIsMissing(@TempDir Path directory) throws Exception {
        Path script = Files.copy(Path.of("weir-faults"), directory.resolve("weir-faults"));
        assertThat(script.toFile().setExecutable(true)).isTrue();

        Process withoutJar = new ProcessBuilder(script.toString(), "--list").start();

        assertThat(new String(withoutJar.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("no weir-loadtest.jar in " + directory.toRealPath());
        assertThat(withoutJar.waitFor()).isEqualTo(1);
    }

    @Test
    void theScriptFindsAJava25ByJavaHome(@TempDir Path directory) throws Exception {
        Path script = Files.copy(Path.of("weir-faults"), directory.resolve("weir-faults"));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.writeString(directory.resolve("weir-loadtest.jar"), "not a jar");
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "--list").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));

        Process process = builder.start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .as("what java itself says of such a jar")
                .contains("Invalid or corrupt jarfile " + directory.toRealPath().resolve("weir-loadtest.jar"));
    }

    private int execute(String... arguments) {
        CommandLine commandLine = new CommandLine(new FaultsCommand());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(JAVA, "-cp", System.getProperty("java.class.path"), Main.class.getName(), "faults"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // which java would report on standard error
        return builder.start();
    }

    /** The process goes on, so its output has no end to wait for. */
    private static String readArray(Process process) throws IOException {
        BufferedReader lines = process.inputReader();
        StringBuilder text = new StringBuilder();
        String line;
        while ((line = lines.readLine()) != null) {
            text.append(line).append('\n');
            if (line.endsWith(" ]") || line.equals("]")) {
                return text.toString();
            }
        }
        throw new IOException("it ended after: " + text);
    }
}
