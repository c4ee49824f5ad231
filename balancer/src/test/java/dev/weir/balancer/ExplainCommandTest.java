package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A real 502 of the demo, explained. */
final class ExplainCommandTest {
    private static final Pattern LEFT_OUT = Pattern.compile("\n *\\.\\.\\.(\n|$)");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init") // start
    private static Demo demo;

    private record Result(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        demo = Demo.start(0, 0);
    }

    @AfterAll
    static void stop() throws Exception {
        CLIENT.close();
        Lifetime.await(demo.stop());
    }

    @Test
    void aFailedRequestIsExplainedRemedyFirst() throws Exception {
        Result result = explain(failedPayment());
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.getFirst())
                .matches("Look into the log of 127\\.0\\.0\\.1:\\d+ at \\d\\d:\\d\\d:\\d\\d UTC for a crash, .*");
        assertThat(joined(result.out()))
                .containsPattern("127\\.0\\.0\\.1:\\d+ closed \\d+ ms after receiving POST /pay without answering");
        assertThat(joined(result.out()))
                .contains(
                        "Not tried again: the backend may have processed it, and POST is not idempotent.",
                        ": the client got 502 after ",
                        "(failed, connection_terminated)",
                        "(version: v7)",
                        "request sent",
                        "failed: connection_terminated",
                        "only the 1 backend that fails, of 2, has version: v7",
                        "changed before: ",
                        " the balancer started",
                        "The pool now",
                        "(version: v6): usable");
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    }

    @Test
    void anIncidentIsExplainedByItsOwnIdToo() throws Exception {
        String request = failedPayment();
        JsonObject json = new JsonObject(explain(request, "--json").out());
        String incident = json.getJsonArray("incidents").getJsonObject(0).getString("id");
        Result result = explain(incident);
        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("Look into the log").contains("Incident " + incident, "Its last request, ");
    }

    @Test
    void withoutAnIdTheOpenIncidentsAreListed() throws Exception {
        String request = failedPayment();
        Result result = explain();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .matches("(?s)\\d+ open incidents?, \\d+ since the balancer started\n.*")
                .contains("hung_up, 127.0.0.1:", "pool pay", "Look into the log of 127.0.0.1:");
        assertThat(explain(request).code()).isZero();
    }

    /** In the order of its lines; a line of three dots stands for those that are left out. Figures and names may differ. */
    @Test
    void theReadmeShowsWhatTheDemoPrints() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        Demo own = Demo.start(0, 0);
        try {
            String response = "";
            for (int i = 0; i < 3 && !response.contains(" 502 "); i++) {
                response = curl("http://127.0.0.1:" + own.port() + "/pay");
            }
            assertShows(block(readme, "$ curl -i -X POST http://localhost:8080/pay"), response);
            String id = response.lines()
                    .filter(line -> line.startsWith("x-incident-id: "))
                    .map(line -> line.substring("x-incident-id: ".length()))
                    .findFirst()
                    .orElseThrow();
            Result result = run("explain", id, "--admin", "http://127.0.0.1:" + own.adminPort());
            assertShows(block(readme, "$ java -jar balancer/target/weir.jar explain "), result.out());
        } finally {
            Lifetime.await(own.stop());
        }
    }

    /** What stands in a block of code after a line that begins so. */
    private static String block(String readme, String command) {
        int begin = readme.indexOf("\n" + command);
        assertThat(begin).as("\"%s\" in the README", command).isNotNegative();
        int first = readme.indexOf('\n', begin + 1) + 1;
        int end = Math.min(indexOrEnd(readme, "\n```", first), indexOrEnd(readme, "\n$ ", first));
        return readme.substring(first, end);
    }

    private static int indexOrEnd(String text, String what, int from) {
        int index = text.indexOf(what, from);
        return index < 0 ? text.length() : index;
    }

    private static void assertShows(String shown, String printed) {
        String all = shape(printed);
        int from = 0;
        for (String part : LEFT_OUT.splitAsStream(shown).toList()) {
            String shape = shape(part);
            int found = all.indexOf(shape, from);
            assertThat(found)
                    .as("the README shows%n%s%nbut printed was%n%s", shape, all)
                    .isNotNegative();
            from = found + shape.length();
        }
    }

    /** Without what differs from time to time: ids, times, ports and figures, and so where lines end. */
    private static String shape(String text) {
        return text.replaceAll("[0-9A-HJKMNP-TV-Z]{16}", "ID")
                .replaceAll("(127\\.0\\.0\\.1|localhost):\\d+", "HOST")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
                .replaceAll("\\d\\d:\\d\\d:\\d\\d UTC", "MOMENT")
                .replaceAll("[0-9.]+ (ms|s)\\b", "DURATION")
                .replaceAll("\\d+ bytes", "BYTES")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String curl(String url) throws IOException, InterruptedException {
        Process curl = new ProcessBuilder("curl", "-sS", "-i", "-m", "20", "-X", "POST", url)
                .redirectErrorStream(true)
                .start();
        String out = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).as(out).isZero();
        return out;
    }

    @Test
    void anUnknownIdIsSaidToBeUnknown() {
        Result result = explain("0000000000000000");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("nothing is known of 0000000000000000", "access log")
                .hasLineCount(1);
    }

    @Test
    void anIdThatIsNoneIsBadUsage() {
        Result result = explain("502\u001b[2J");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("no incident's id", "16 letters and digits")
                .doesNotContain("\u001b[2J");
    }

    @Test
    void whereNobodyListensIsSaidWhatToDo() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Result result = run("explain", "--admin", "http://127.0.0.1:" + port);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains(
                        "no answer from http://127.0.0.1:" + port + " (it refuses the connection)",
                        "is the balancer running",
                        "--admin")
                .doesNotContain("Exception:", "\tat ");
    }

    @Test
    void aServerThatIsNoBalancerIsNotBelieved() throws IOException {
        for (Answer answer : List.of(
                new Answer(200, "<html>hello</html>"),
                new Answer(200, "{}"),
                new Answer(200, "[1]"),
                new Answer(200, "{\"open\": \"many\", \"total\": 1}"),
                new Answer(401, "who are you?"))) {
            HttpServer other = server(answer);
            try {
                Result result = run(
                        "explain",
                        "--admin",
                        "http://127.0.0.1:" + other.getAddress().getPort());
                assertThat(result.code()).as(answer.body()).isEqualTo(1);
                assertThat(result.out()).isEmpty();
                assertThat(result.err()).contains("admin port").doesNotContain("\tat ");
            } finally {
                other.stop(0);
            }
        }
    }

    @Test
    void textsFromOutsideDoNotCommandTheTerminal() throws IOException {
        HttpServer other = server(new Answer(404, "nothing is known of 0000000000000000\u001b[2J"));
        try {
            String url = "http://127.0.0.1:" + other.getAddress().getPort();
            Result result = run("explain", "0000000000000000", "--admin", url);
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains("nothing is known of 0000000000000000?[2J");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void aNotFoundOfAnotherServerIsNotTakenForABalancers() throws IOException {
        HttpServer other = server(new Answer(404, "<h1>Not Found</h1>"));
        try {
            String url = "http://127.0.0.1:" + other.getAddress().getPort();
            Result result = run("explain", "0000000000000000", "--admin", url);
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .contains("answered 404: is that the admin port of a balancer?")
                    .doesNotContain("<h1>");
        } finally {
            other.stop(0);
        }
    }

    private record Answer(int status, String body) {}

    private static HttpServer server(Answer answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Every other one fails. */
    private static String failedPayment() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + demo.port() + "/pay");
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> response = CLIENT.send(
                    HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
            if (response.statusCode() == 502) {
                return response.headers().firstValue("X-Incident-Id").orElseThrow();
            }
        }
        throw new AssertionError("no payment failed");
    }

    private static String joined(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private static Result explain(String... arguments) {
        List<String> all = new ArrayList<>(List.of("explain", "--admin", "http://127.0.0.1:" + demo.adminPort()));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        int code = command.execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }
}
