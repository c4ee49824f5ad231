package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** One picture of a real balancer: tests have no terminal. */
final class TopCommandTest {
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
    void onePictureShowsEveryBackendOfEveryPoolWithoutACluster() throws Exception {
        Result result = top("--interval", "100ms");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.getFirst())
                .matches("weir top  20\\S+Z  6 backends, [0-9] out  http://127\\.0\\.0\\.1:" + demo.adminPort());
        assertThat(result.out())
                .containsPattern("\nNODE +STATE +REQ/S +IN FLIGHT\nthis node +ready +0 +0\n")
                .containsPattern("\npool shop  0 req/s  0 failed/s ")
                .containsPattern("\nBACKEND +STATE +REQ/S +FAIL/S +LATENCY +IN FLIGHT +WEIGHT\n")
                .containsPattern("\n127\\.0\\.0\\.1:1 +in use +0 +0 +- +0 +1\n")
                .doesNotContain("AGREEMENT", "cluster", "\u001b");
        assertThat(result.out().lines().filter(line -> line.startsWith("pool ")))
                .hasSize(3);
    }

    @Test
    void requestsBetweenTheReadingsAreCountedAndDirectivesAreSeen() throws Exception {
        assertThat(run("drain", "127.0.0.1:1", "--admin", admin()).code()).isZero();
        AtomicBoolean shown = new AtomicBoolean();
        Thread client = Thread.ofPlatform().start(() -> {
            while (!shown.get()) {
                ask();
            }
        });
        try {
            Await.until(
                    Duration.ofSeconds(30),
                    () -> {
                        String out = top("--pool", "shop", "--interval", "200ms", "--sort", "requests")
                                .out();
                        return out.matches("(?s).*\npool shop  [0-9.]*[1-9][0-9.]* req/s .* p50 [0-9.]+ m?s .*"
                                        + "\n127\\.0\\.0\\.1:[0-9]+ +(up|failing) +[0-9.]*[1-9][0-9.]* .*")
                                ? true
                                : null;
                    },
                    () -> "rates of a pool that is used");
        } finally {
            shown.set(true);
            client.join();
        }
        assertThat(top("--pool", "dead", "--interval", "100ms").out())
                .containsPattern("127\\.0\\.0\\.1:1 +draining .* draining\n");
        assertThat(run("enable", "127.0.0.1:1", "--admin", admin()).code()).isZero();
    }

    @Test
    void whatCannotBeShownIsSaidInOneLine() {
        assertThat(top("--pool", "shpo"))
                .isEqualTo(new Result(1, "", "weir: no pool shpo; there are shop, pay, dead\n"));
        assertThat(top("--sort", "speed").code()).isEqualTo(2);
        assertThat(top("--sort", "speed").err())
                .startsWith("--sort \"speed\" is no order; expected one of trouble, name, requests,");
        assertThat(top("--interval", "1").err())
                .startsWith("--interval: '1' has no unit; expected a number with ms, s, m or h, such as 250ms");
        assertThat(top("--interval", "1ms").code()).isEqualTo(2);
        Result nobody = run("top", "--admin", "http://127.0.0.1:" + ClosedPort.take());
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err())
                .startsWith("weir: no answer from http://127.0.0.1:")
                .hasLineCount(1);
    }

    @Test
    void anAdminPortOfAnotherKindIsNamed() {
        Result result = run("top", "--admin", "http://127.0.0.1:" + demo.port());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("did not answer like the admin port of this version's balancer")
                .hasLineCount(1);
    }

    private static void ask() {
        try {
            CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + demo.port() + "/"))
                            .build(),
                    BodyHandlers.discarding());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String admin() {
        return "http://127.0.0.1:" + demo.adminPort();
    }

    private static Result top(String... options) {
        String[] all = new String[options.length + 3];
        all[0] = "top";
        all[1] = "--admin";
        all[2] = admin();
        System.arraycopy(options, 0, all, 3, options.length);
        return run(all);
    }

    private static Result run(String... arguments) {
        CommandLine command = Main.commandLine();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = command.execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }
}
