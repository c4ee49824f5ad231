package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever a client sends: every request that reaches a backend has one meaning, there are as many as the client gets answers
 * for, those that a strict reader of the client's bytes sees come out as they went in, nothing hangs, and no error is logged.
 * How often, can be told by {@code jqwik.tries.default}.
 */
class RequestSmugglingPropertyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<Integer> ANSWERS = Set.of(200, 400, 405, 413, 414, 417, 431, 501, 505);

    /** What a mutation puts into a sound request: whatever has a meaning in HTTP, or had one, or looks like it. */
    private static final List<String> FRAGMENTS = List.of(
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\r\n ",
            "\r\n\t",
            " ",
            "\t",
            "\0",
            "\u000b",
            "\u007f",
            "\u00a0",
            "\u00ff",
            ":",
            ",",
            ";",
            "\"",
            "%",
            "/",
            "?",
            "#",
            "@",
            "*",
            "0",
            "1",
            "a",
            "-",
            "+",
            "0x",
            "Host: b\r\n",
            "Host:",
            "Content-Length: 3\r\n",
            "content-length: 0\r\n",
            "Content-Length:",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "transfer-encoding:",
            "chunked",
            "Connection: close\r\n",
            "Connection: host, content-length\r\n",
            "Trailer: X\r\n",
            "Upgrade: h2c\r\n",
            "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n",
            "X-Forwarded-For: 10.0.0.1\r\n",
            "3\r\nabc\r\n",
            "0\r\n\r\n",
            "ffffffff\r\n",
            ";x=y",
            "GET ",
            "POST ",
            "CONNECT ",
            "http://b/",
            " HTTP/1.1",
            " HTTP/1.0",
            "HTTP/2.0",
            "GET /s HTTP/1.1\r\nHost: a\r\n\r\n");

    private static final List<String> SOUND = List.of(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /2 HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nCookie: a=b; c=d\r\nX-A: b\r\n\r\n",
            "POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "POST /4 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "POST /5 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\n\r\n5;x\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
            "POST /6 HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
            "POST /7 HTTP/1.1\r\nHost: a\r\nContent-Length: 26\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "PUT http://a/8?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

    private static StrictBackend backend;
    private static ProxyUnderTest proxy;

    /** One change. Positions are parts of the length, so that they can shrink. */
    record Mutation(int kind, double from, double to, String fragment) {
        String applyTo(String text) {
            int a = (int) (from * text.length());
            int b = (int) (to * text.length());
            int begin = Math.min(a, b);
            int end = Math.min(Math.max(a, b), begin + 40);
            return switch (kind) {
                case 0 -> text.substring(0, begin) + fragment + text.substring(begin);
                case 1 -> text.substring(0, begin) + text.substring(end);
                case 2 -> text.substring(0, end) + text.substring(begin);
                case 3 -> text.substring(0, begin) + fragment + text.substring(Math.min(begin + 1, text.length()));
                default -> afterLine(text, begin);
            };
        }

        /** Where fields lie: most places of a request are not interesting. */
        private String afterLine(String text, int begin) {
            int line = text.indexOf("\r\n", begin);
            int at = line < 0 ? text.length() : line + 2;
            return text.substring(0, at) + fragment + text.substring(at);
        }
    }

    @BeforeContainer
    static void start() {
        backend = new StrictBackend();
        proxy = ProxyUnderTest.before(backend.port())
                .clientBodyIdle(PATIENCE)
                .requestHead(PATIENCE)
                .start();
    }

    @AfterContainer
    static void stop() {
        proxy.close();
        backend.close();
    }

    @Provide
    Arbitrary<String> requests() {
        Arbitrary<Mutation> mutation = Combinators.combine(
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.of(FRAGMENTS))
                .as(Mutation::new);
        return Combinators.combine(
                        Arbitraries.of(SOUND).list().ofMinSize(1).ofMaxSize(3),
                        mutation.list().ofMaxSize(3))
                .as((sound, mutations) -> {
                    String text = String.join("", sound);
                    for (Mutation each : mutations) {
                        text = each.applyTo(text);
                    }
                    return text;
                });
    }

    @Property(shrinking = ShrinkingMode.BOUNDED)
    void whatReachesABackendHasOneMeaning(@ForAll("requests") String sent) throws IOException {
        backend.forget();
        List<Integer> answers = exchange(sent);
        net.jqwik.api.statistics.Statistics.collect(answers);
        assertThat(ANSWERS).containsAll(answers);
        assertThat(backend.violations()).isEmpty();
        assertThat(backend.requests())
                .hasSize(answers.stream()
                        .filter(status -> status == 200)
                        .toList()
                        .size());
        List<StrictHttp.Request> seen = backend.requests();
        List<StrictHttp.Request> meant = strictly(sent);
        for (int i = 0; i < Math.min(seen.size(), meant.size()); i++) {
            assertThat(seen.get(i).method()).isEqualTo(meant.get(i).method());
            assertThat(seen.get(i).body()).isEqualTo(meant.get(i).body());
        }
    }

    /** Sends all, ends, and reads the status of every answer until the connection ends, too. */
    private static List<Integer> exchange(String sent) throws IOException {
        List<Integer> answers = new ArrayList<>();
        try (RawClient client = new RawClient(proxy.port())) {
            client.sendQuietly(sent);
            client.endQuietly();
            while (true) {
                RawClient.Response response = client.readOrEnd();
                if (response == null) {
                    return answers;
                }
                assertThat(response.complete()).isTrue();
                answers.add(response.status());
            }
        }
    }

    /** The requests that everybody agrees on, up to the first doubt. */
    private static List<StrictHttp.Request> strictly(String sent) {
        List<StrictHttp.Request> requests = new ArrayList<>();
        InputStream in = new ByteArrayInputStream(sent.getBytes(StandardCharsets.ISO_8859_1));
        try {
            StrictHttp.Request request;
            while ((request = StrictHttp.read(in)) != null) {
                requests.add(request);
            }
        } catch (IOException e) {
            // from here on, opinions differ
        }
        return requests;
    }
}
