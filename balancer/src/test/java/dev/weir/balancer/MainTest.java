package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Arguments in; exit code and text out. What runs until a signal comes is started as a process, in MainIT. */
final class MainTest {
    private static final String BACKENDS = "pools: { shop: { backends: [ http://127.0.0.1:9001 ] } }\n";

    @TempDir
    private Path directory;

    private record Result(int code, String out, String err) {}

    @Test
    void withoutACommandTheUsageIsToldAndTheCodeIs2() {
        Result result = execute();
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("Missing required subcommand", "run", "check", "explain", "doctor", "demo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "walk",
                "check",
                "check a b",
                "doctor",
                "run --colour",
                "run --config",
                "demo --port many",
                "explain not-an-id",
                "explain 1NG0C9M2X317RKTE extra",
                "explain --admin ftp://localhost",
                "explain --admin http://localhost:8081/api",
                "explain --admin nonsense",
                "demo --port 65536"
            })
    void badUsageExitsWith2(String arguments) {
        Result result = execute(arguments.split(" "));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isNotBlank().doesNotContain("Exception", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "-h", "run --help", "check --help", "explain --help", "doctor --help", "demo --help"})
    void helpIsNoMistake(String arguments) {
        Result result = execute(arguments.split(" "));
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("Usage: weir");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void theVersionIsTheLastWord() {
        Result result = execute("--version");
        assertThat(result.code()).isZero();
        assertThat(result.out()).matches("weir \\S+\\R");
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal.yaml", "balancer.yaml", "complete.yaml"})
    void theFilesInConfAreOk(String name) {
        Path file = ConfigurationTest.conf().resolve(name);
        Result result = execute("check", file.toString());
        assertThat(result).isEqualTo(new Result(0, result.out(), ""));
        assertThat(result.out())
                .matches("\\S+" + name + " is OK: 1 listener, \\d routes?, \\d pools?, \\d backends\\R");
    }

    @Test
    void everyProblemOfAFileIsToldAtOnce() throws IOException {
        Path file = write("zoen: a\ndrain: { delay: 5 }\n" + BACKENDS);
        Result result = execute("check", file.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines())
                .containsExactly(
                        file + ":1:1: zoen: unknown key; did you mean 'zone'?",
                        file
                                + ":2:17: drain.delay: '5' has no unit; expected a number with ms, s, m or h, such as 250ms");
    }

    @Test
    void aStrategyThatNobodyKnowsIsAProblemOfTheFile() throws IOException {
        Path file = write("pools:\n  shop:\n    strategy: round-robbin\n    backends: [ http://127.0.0.1:9001 ]\n");
        Result result = execute("run", "--config", file.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith(file + ":3:15: pools.shop.strategy: ")
                .contains("'round-robbin'", "did you mean 'round-robin'?");
    }

    @Test
    void aMissingFileIsToldInOneLine() {
        Path file = directory.resolve("none.yaml");
        assertThat(execute("run", "--config", file.toString())).isEqualTo(new Result(1, "", file + ": no such file\n"));
        assertThat(execute("check", file.toString())).isEqualTo(new Result(1, "", file + ": no such file\n"));
    }

    @Test
    void aPortInUseIsToldInOneLineWithItsAddress() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Path listener = write(
                    "listeners: [ { address: '" + address + "' } ]\nadmin: { address: '127.0.0.1:0' }\n" + BACKENDS);
            assertOneLine(execute("run", "--config", listener.toString()), address);
            Path admin = write(
                    "listeners: [ { address: '127.0.0.1:0' } ]\nadmin: { address: '" + address + "' }\n" + BACKENDS);
            assertOneLine(execute("run", "--config", admin.toString()), address);
        }
    }

    @Test
    void theDemoSaysHowToTakeOtherPorts() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            Result result = execute("demo", "--port", port, "--admin-port", "0");
            assertOneLine(result, "127.0.0.1:" + port);
            assertThat(result.err()).contains("--port");
        }
    }

    private static void assertOneLine(Result result, String address) {
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("weir: ")
                .contains(address);
        assertThat(result.err()).doesNotContain("Exception");
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("x.yaml"), yaml);
    }

    private static Result execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        int code = command.execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }
}
