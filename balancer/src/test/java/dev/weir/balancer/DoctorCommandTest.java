package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.StrategyCheck;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Arguments in, exit code and text out. */
final class DoctorCommandTest {
    @TempDir
    private Path directory;

    private HttpServer backend;
    private volatile int status = 200;

    private record Result(int code, String out, String err) {
        JsonObject json() {
            return new JsonObject(out);
        }
    }

    @BeforeEach
    void startBackend() throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        backend.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        backend.start();
    }

    @AfterEach
    void stopBackend() {
        backend.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + backend.getAddress().getPort();
    }

    private static Result execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Result(commandLine.execute(arguments), out.toString(), err.toString());
    }

    private static Result doctor(String... arguments) {
        List<String> quick = List.of("doctor", "--idle-probe", "0s", "--requests", "2", "--timeout", "5s");
        return execute(Stream.concat(quick.stream(), Stream.of(arguments)).toArray(String[]::new));
    }

    private static String deadUrl() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void allWellIs0AndOneSentence() {
        Result result = doctor(url(), "--no-admin");
        assertThat(result.out()).contains("All is well with " + url() + "/.").doesNotContain("\u001b");
        assertThat(result).isEqualTo(new Result(0, result.out(), ""));
    }

    @Test
    void aProblemIs1WithTheCauseAndWhatToDo() throws IOException {
        Result result = doctor(deadUrl(), "--no-admin");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("PROBLEM  connect", "1 problem: 127.0.0.1:", "refused the connection", "What to do: ");
    }

    @Test
    void aWarningIs0AndStrictly1() {
        status = 421;
        assertThat(doctor(url(), "--no-admin").code()).isZero();
        assertThat(doctor(url(), "--no-admin", "--strict").code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1:80                     | is not a URL; expected http://HOST[:PORT][/PATH]",
                "http://u:secret@a                | ***@a' carries user information",
                "http://a:70000                   | expected a number from 1 to 65535",
                "http://a --timeout 5             | --timeout: '5' has no unit",
                "http://a --timeout 0s            | --timeout: ",
                "http://a --idle-probe 1h         | --idle-probe: ",
                "http://a --requests 0            | --requests: 0; expected 1 to 1000",
                "http://a --method POST           | --method: 'POST'; expected GET, HEAD or OPTIONS",
                "http://a --resolver dns          | --resolver: 'dns'; expected an address",
                "http://a --resolver 1.2.3.4:99999 | --resolver: '1.2.3.4:99999'",
                "http://a --ca nowhere.pem        | nowhere.pem: no such file",
                "http://a --admin here            | --admin: 'here' is not a URL",
                "http://a http://b                | Unmatched argument"
            })
    void badUsageIs2AndNamesTheValueAndWhatIsExpected(String arguments, String message) {
        Result result = execute(("doctor " + arguments).split(" "));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(message).doesNotContain("Exception", "\tat ");
    }

    @Test
    void jsonHasEveryStageWithItsFindings() throws IOException {
        JsonObject json = doctor(url(), "--no-admin", "--json", "--path", "/x").json();
        assertThat(json.fieldNames())
                .containsExactly(
                        "url",
                        "address",
                        "severity",
                        "verdict",
                        "advice",
                        "started_at",
                        "duration_ms",
                        "connections",
                        "requests",
                        "stages");
        assertThat(json.getString("url")).isEqualTo(url() + "/x");
        assertThat(json.getString("severity")).isEqualTo("ok");
        assertThat(stages(json).stream().map(stage -> stage.getString("stage")))
                .containsExactly(
                        "name", "route", "connect", "tls", "http", "head-size", "keep-alive", "latency", "balancer");
        assertThat(stages(json))
                .allSatisfy(stage -> assertThat(stage.fieldNames())
                        .containsExactly("stage", "severity", "skipped", "duration_ms", "findings", "facts"));
        JsonObject dead = doctor(deadUrl(), "--no-admin", "--json").json();
        assertThat(dead.getString("severity")).isEqualTo("problem");
        assertThat(stages(dead).get(2).getJsonArray("findings").getJsonObject(0).getString("code"))
                .isEqualTo("connection-refused");
        assertThat(stages(dead).get(4).getString("severity")).isEqualTo("skipped");
    }

    private static List<JsonObject> stages(JsonObject json) {
        JsonArray stages = json.getJsonArray("stages");
        return stages.stream().map(JsonObject.class::cast).toList();
    }

    @Test
    void theHostFieldAndTheMethodAreThoseThatWereAskedFor() {
        StringBuilder seen = new StringBuilder();
        backend.createContext("/seen", exchange -> {
            synchronized (seen) {
                seen.append(exchange.getRequestMethod()).append(' ');
                seen.append(exchange.getRequestHeaders().getFirst("Host")).append('\n');
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        assertThat(doctor(url() + "/seen", "--no-admin", "--method", "HEAD", "--host", "shop.example")
                        .code())
                .isZero();
        assertThat(seen.toString().lines()).isNotEmpty().allMatch("HEAD shop.example"::equals);
    }

    @Test
    void aRunningBalancerIsAskedWhatItThinks() throws Exception {
        Path file = Files.writeString(directory.resolve("weir.yaml"), """
                listeners: [{ address: 127.0.0.1:0 }]
                admin: { address: 127.0.0.1:0 }
                access-log: off
                event-loops: 1
                drain: { delay: 0s }
                pools: { shop: { backends: ['%s'] } }
                """.formatted(url()));
        BalancerConfig config = ConfigLoader.load(file, StrategyCheck.ANY);
        LoadBalancer balancer = LoadBalancer.start(config).await(20, TimeUnit.SECONDS);
        try {
            Result result = doctor(url(), "--admin", "http://127.0.0.1:" + balancer.adminPort(), "--json");
            assertThat(result.code()).isZero();
            JsonObject stage = stages(result.json()).getLast();
            assertThat(stage.getString("severity")).isEqualTo("ok");
            assertThat(stage.getJsonArray("findings").getJsonObject(0).getString("text"))
                    .startsWith("The balancer uses 127.0.0.1:"
                            + backend.getAddress().getPort() + " of pool shop");
        } finally {
            balancer.stop().await(20, TimeUnit.SECONDS);
        }
    }
}
