package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as users start it, and end it. */
final class MainIT {
    private static final Pattern PORT = Pattern.compile("listening on 127\\.0\\.0\\.1:0, port ([0-9]+)");
    private static final Pattern DEMO = Pattern.compile("curl http://localhost:([0-9]+)/");

    @TempDir
    private Path directory;

    private Process process;

    @AfterEach
    void endTheProcess() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    void runBalancesUntilSigtermAndThenEndsWith0() throws Exception {
        Path file = Files.writeString(directory.resolve("x.yaml"), """
                listeners: [ { address: "127.0.0.1:0" } ]
                admin: { address: "127.0.0.1:0" }
                drain: { delay: 200ms }
                pools: { dead: { backends: [ "http://127.0.0.1:1" ] } }
                """);
        start("run", "--config", file.toString());
        int port = awaitPort(PORT, err());
        assertThat(get(port).statusCode()).isEqualTo(502);
        terminate();
        assertThat(exitCode()).isZero();
        assertThat(Files.readString(out()))
                .startsWith("{")
                .contains("\"status\":502")
                .endsWith("}\n");
        assertThat(Files.readString(err())).doesNotContain("Exception", "ERROR");
    }

    @Test
    void demoTellsWhatToTryUntilItIsEnded() throws Exception {
        start("demo", "--port", "0", "--admin-port", "0");
        assertThat(get(awaitPort(DEMO, out())).body()).startsWith("Hello from ");
        terminate();
        assertThat(exitCode()).isZero();
        assertThat(Files.readString(err())).doesNotContain("Exception", "ERROR");
    }

    @Test
    void theDemoOfAMavenThatIsEndedEndsToo() throws Exception {
        List<String> demo = new ArrayList<>(List.of("sh", "-c", "\"$@\"; exit", "maven"));
        demo.addAll(command("-Dweir.demo.end-with-parent=true", "demo", "--port", "0", "--admin-port", "0"));
        start(demo);
        awaitPort(DEMO, out());
        ProcessHandle child = process.children().findFirst().orElseThrow();
        try {
            terminate();
            assertThat(child.onExit().get(30, TimeUnit.SECONDS).isAlive()).isFalse();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void withoutAFileItLooksForTheOneInConf() throws Exception {
        start("run");
        assertThat(exitCode()).isEqualTo(1);
        assertThat(Files.readString(err())).isEqualTo("conf/balancer.yaml: no such file\n");
    }

    @Test
    void doctorSaysWhatIsWrongWithABackendThatIsNotThere() throws Exception {
        start("doctor", "http://127.0.0.1:1", "--no-admin");
        assertThat(exitCode()).isEqualTo(1);
        assertThat(Files.readString(out())).contains("1 problem: 127.0.0.1:1 refused the connection");
        assertThat(Files.readString(err())).doesNotContain("Exception", "WARN");
    }

    @Test
    void theVersionIsThatOfTheBuild() throws Exception {
        start("--version");
        assertThat(exitCode()).isZero();
        assertThat(Files.readString(out())).matches("weir [0-9]+\\.[0-9]+\\.[0-9]+(-\\S+)?\n");
    }

    private void start(String... arguments) throws IOException {
        start(command("--sun-misc-unsafe-memory-access=allow", arguments));
    }

    private static List<String> command(String option, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(option);
        command.add("-jar");
        command.add(Path.of(System.getProperty("weir.jar")).toAbsolutePath().toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out().toFile())
                .redirectError(err().toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would mention it on standard error
        process = builder.start();
    }

    private Path out() {
        return directory.resolve("out");
    }

    private Path err() {
        return directory.resolve("err");
    }

    /** SIGTERM; not SIGINT, which a test run in the background of a shell inherits as ignored. */
    private void terminate() {
        assertThat(process.supportsNormalTermination()).isTrue();
        process.destroy();
    }

    private int exitCode() throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended").isTrue();
        return process.exitValue();
    }

    private int awaitPort(Pattern pattern, Path file) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < deadline && !process.waitFor(20, TimeUnit.MILLISECONDS)) {
            Matcher matcher = pattern.matcher(Files.readString(file));
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        return fail("no port in " + Files.readString(out()) + Files.readString(err()));
    }

    private static HttpResponse<String> get(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/");
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }
}
