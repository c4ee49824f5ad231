package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.StatusSet;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Backends and clients that do whatever comes to their mind, in every combination. Whatever they do, nobody gets what was
 * meant for somebody else, every request is logged once, and in the end nothing is left over. The system property {@code
 * weir.chaos} tells how many connections clients make on each transport.
 */
class ChaosTest {
    private static final int CONNECTIONS = Integer.getInteger("weir.chaos", 300);
    private static final int CLIENTS = 16;
    private static final int BACKENDS = 3;
    private static final int PER_BACKEND = 2;
    private static final Duration PATIENCE = Duration.ofMillis(150);
    private static final Duration LONGER_THAN_ANYBODYS_PATIENCE = Duration.ofSeconds(15);

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** A body that tells whose it is. */
    private static String body(String id, int size) {
        String mark = "[" + id + "]";
        return mark.repeat(size / mark.length() + 1);
    }

    private static String plain(String id, int size) {
        String body = body(id, size);
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String chunked(String id, int size) {
        String body = body(id, size);
        return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n"
                + body + "\r\n0\r\n\r\n";
    }

    private static String firstHalf(String text) {
        return text.substring(0, text.length() / 2);
    }

    // ---- backends

    /** What a backend does with one request; the connection goes on if it returns true. */
    private enum Mood {
        SHORT((connection, id) -> connection.answer(plain(id, 100))),
        CHUNKED((connection, id) -> connection.answer(chunked(id, 5_000))),
        LONG((connection, id) -> connection.answer(plain(id, 300_000))),
        NO_CONTENT((connection, id) -> connection.answer("HTTP/1.1 204 No Content\r\nX-Id: " + id + "\r\n\r\n")),
        UNAVAILABLE((connection, id) -> connection.answer(
                "HTTP/1.1 503 Busy\r\nContent-Length: " + body(id, 9).length() + "\r\n\r\n" + body(id, 9))),
        INTERIM((connection, id) ->
                connection.answer("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + plain(id, 100))),
        SLOW((connection, id) -> {
            connection.raw.readRequest();
            Await.pass(Duration.ofMillis(20));
            connection.raw.send(plain(id, 100));
            return true;
        }),
        DRIBBLING((connection, id) -> {
            connection.raw.readRequest();
            String response = plain(id, 60);
            for (int i = 0; i < response.length(); i += 20) {
                Await.pass(Duration.ofMillis(5));
                connection.raw.send(response.substring(i, Math.min(response.length(), i + 20)));
            }
            return true;
        }),
        UNTIL_CLOSE((connection, id) -> {
            connection.answer("HTTP/1.1 200 OK\r\n\r\n" + body(id, 1_000));
            return false;
        }),
        CLOSING((connection, id) -> {
            connection.answer(plain(id, 100));
            return false;
        }),
        SURPLUS((connection, id) -> connection.answer(plain(id, 100) + plain("nobody", 100))),
        EARLY((connection, id) -> { // without reading the body
            connection.raw.send(plain(id, 100));
            return false;
        }),
        SILENT((connection, id) -> {
            connection.raw.drain();
            return false;
        }),
        GONE((connection, id) -> {
            connection.raw.readRequest();
            return false;
        }),
        RESET((connection, id) -> {
            connection.raw.reset();
            return false;
        }),
        GARBAGE((connection, id) -> connection.answer("what?\r\n\r\n")),
        TOO_MUCH_HEAD((connection, id) -> connection.answer("HTTP/1.1 200 OK\r\nX: " + "y".repeat(5_000))),
        HALF_A_HEAD((connection, id) -> {
            connection.answer("HTTP/1.1 200 OK\r\nContent-Len");
            return false;
        }),
        HALF_A_SHORT_BODY((connection, id) -> {
            connection.answer(firstHalf(plain(id, 3_000)));
            return false;
        }),
        HALF_A_LONG_BODY((connection, id) -> {
            connection.answer(firstHalf(plain(id, 300_000)));
            connection.raw.reset();
            return false;
        }),
        HALF_A_CHUNK((connection, id) -> {
            connection.answer(firstHalf(chunked(id, 3_000)));
            return false;
        }),
        STALLING((connection, id) -> {
            connection.answer(firstHalf(plain(id, 100_000)));
            connection.raw.drain();
            return false;
        });

        @SuppressWarnings("ImmutableEnumChecker") // a constant lambda
        private final Act act;

        Mood(Act act) {
            this.act = act;
        }
    }

    @FunctionalInterface
    private interface Act {
        boolean perform(MoodyConnection connection, String id) throws IOException;
    }

    private record MoodyConnection(RawBackend.Connection raw, String head) {
        boolean answer(String response) throws IOException {
            HttpText.readBody(raw.in(), head);
            raw.send(response);
            return true;
        }
    }

    /** @param seed what it does depends on the request and on this only */
    private static RawBackend moody(int seed) {
        return RawBackend.that(raw -> {
            boolean goesOn = true;
            while (goesOn) {
                String head = raw.readHead();
                if (!head.endsWith("\r\n\r\n")) {
                    return;
                }
                String id = head.substring(head.indexOf('/') + 1, head.indexOf(" HTTP"));
                Mood[] moods = Mood.values();
                RandomGenerator random = random(31L * seed + id.hashCode());
                Mood mood = random.nextInt(3) == 0 ? Mood.SHORT : moods[random.nextInt(moods.length)];
                goesOn = mood.act.perform(new MoodyConnection(raw, head), id);
            }
        });
    }

    // ---- clients

    /** One connection of a client and what it does on it. */
    private static final class Visit {
        private final int number;
        private final RandomGenerator random;
        private final RawClient client;
        private final Results results;
        private int requests;

        Visit(int number, RawClient client, Results results) {
            this.number = number;
            this.random = random(1_000_003L * number);
            this.client = client;
            this.results = results;
        }

        String nextId() {
            return number + "-" + requests++;
        }

        void run() throws IOException {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> oneAfterTheOther();
                case 4 -> pipelining();
                case 5 -> leaving();
                case 6 -> endingItsSide();
                case 7 -> stallingInTheBody();
                case 8 -> stallingInTheHead();
                case 9 -> leavingInTheResponse();
                case 10 -> malformed();
                default -> speakingHttp10();
            }
        }

        String request(String id) {
            return switch (random.nextInt(4)) {
                case 0 -> "GET /" + id + " HTTP/1.1\r\nHost: a\r\n\r\n";
                case 1 -> "PUT /" + id + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
                case 2 ->
                    "POST /" + id + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
                default -> {
                    int size = random.nextInt(200_000);
                    yield "PUT /" + id + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n"
                            + "z".repeat(size);
                }
            };
        }

        void oneAfterTheOther() throws IOException {
            boolean goesOn = true;
            for (int i = random.nextInt(1, 6); goesOn && i > 0; i--) {
                String id = nextId();
                client.send(request(id));
                goesOn = read(id);
            }
        }

        void pipelining() throws IOException {
            List<String> ids = IntStream.range(0, 3).mapToObj(i -> nextId()).toList();
            client.send(ids.stream().map(this::request).collect(Collectors.joining()));
            for (String id : ids) {
                if (!read(id)) {
                    return;
                }
            }
        }

        void leaving() throws IOException {
            client.send(request(nextId()));
            Await.pass(Duration.ofMillis(random.nextInt(40)));
            client.socket().setSoLinger(true, random.nextBoolean() ? 0 : 1);
        }

        void endingItsSide() throws IOException {
            String id = nextId();
            client.send(request(id));
            client.socket().shutdownOutput();
            read(id);
        }

        void stallingInTheBody() throws IOException {
            String id = nextId();
            client.send("PUT /" + id + " HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + "z".repeat(50_000));
            read(id);
        }

        void stallingInTheHead() throws IOException {
            client.send("GET /" + nextId() + " HTTP/1.1\r\nHo");
            assertRefused(client.read(), 408);
        }

        void leavingInTheResponse() throws IOException {
            client.send(request(nextId()));
            client.in().readNBytes(random.nextInt(1_000));
        }

        void malformed() throws IOException {
            client.send("GET /" + nextId() + " HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
            assertRefused(client.read(), 400);
        }

        void speakingHttp10() throws IOException {
            String id = nextId();
            client.send("GET /" + id + " HTTP/1.0\r\n\r\n");
            read(id);
        }

        /** @return whether the connection goes on */
        private boolean read(String id) throws IOException {
            RawClient.Response response = client.read();
            while (response.status() < 200) {
                response = client.read();
            }
            results.answered.add(id);
            boolean ours = response.field("proxy-status") != null;
            results.statuses.merge(ours ? -response.status() : response.status(), 1, Integer::sum);
            String mark = "[" + id + "]";
            if (!ours && !mark.startsWith(response.text().replace(mark, ""))) {
                results.complaints.add(id + " got " + response.head() + response.text());
            }
            if (!ours
                    && response.complete()
                    && response.status() == 200
                    && !response.text().startsWith(mark)) {
                results.complaints.add(id + " got an empty body: " + response.head());
            }
            return response.complete() && !"close".equals(response.field("connection"));
        }

        private void assertRefused(RawClient.Response response, int status) {
            if (response.status() != status) {
                results.complaints.add(number + " expected " + status + ", got " + response.head());
            }
        }
    }

    private static final class Results {
        private final Set<String> answered = ConcurrentHashMap.newKeySet();
        private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
        private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    }

    // ---- the play

    @ParameterizedTest
    @EnumSource
    void whateverBackendsAndClientsDoEverythingIsAccountedFor(Sockets sockets) throws Exception {
        sockets.assumeAvailable();
        Results results = new Results();
        List<RawBackend> backends = new ArrayList<>();
        for (int i = 0; i < BACKENDS; i++) {
            backends.add(moody(i));
        }
        try (ProxyUnderTest proxy = ProxyUnderTest.before(
                        backends.get(0).port(),
                        backends.get(1).port(),
                        backends.get(2).port(),
                        ClosedPort.take())
                .transport(sockets.transport())
                .eventLoops(2)
                .perBackend(PER_BACKEND)
                .queue(6, PATIENCE)
                .responseHead(PATIENCE)
                .bodyIdle(PATIENCE)
                .requestHead(PATIENCE)
                .clientBodyIdle(PATIENCE)
                .keepAlive(PATIENCE)
                .maxResponseHead(4_000)
                .retry(new RetryConfig(3, 1, StatusSet.parse("503"), 64 * 1024, false))
                .start()) {
            play(proxy, results);
            proxy.awaitQuiet();
            assertThat(results.complaints).isEmpty();
            assertThat(results.statuses)
                    .as("what clients saw; negative: the balancer's own")
                    .containsKeys(200, 204, -502);
            assertLoggedOnce(proxy, results);
        } finally {
            backends.forEach(RawBackend::close);
        }
    }

    private static void play(ProxyUnderTest proxy, Results results) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                for (int n = next.getAndIncrement(); n < CONNECTIONS; n = next.getAndIncrement()) {
                    try (RawClient client = new RawClient(proxy.port())) {
                        client.socket().setSoTimeout((int) LONGER_THAN_ANYBODYS_PATIENCE.toMillis());
                        new Visit(n, client, results).run();
                    } catch (java.net.SocketTimeoutException e) {
                        results.complaints.add("connection " + n + " got no answer and no end");
                    } catch (IOException e) {
                        // cut off, which is an answer too
                    }
                }
            }));
        }
        while (clients.stream().anyMatch(Thread::isAlive)) {
            for (Backend backend : proxy.pool().backends()) {
                int inFlight = backend.stats().inFlight();
                if (inFlight < 0 || inFlight > PER_BACKEND) {
                    results.complaints.add(inFlight + " attempts in flight");
                }
            }
            Await.pass(Duration.ofMillis(1));
        }
    }

    /** Who had an answer has exactly one line in the log; nobody has more. */
    private static void assertLoggedOnce(ProxyUnderTest proxy, Results results) {
        double counted = proxy.metric("weir_responses_total") + proxy.metric("weir_bad_requests_total");
        List<JsonObject> lines = proxy.accessLog((int) counted);
        assertThat(lines).hasSize((int) counted);
        Map<String, Long> perPath = lines.stream()
                .map(line -> line.getString("path"))
                .filter(path -> !path.equals("-"))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(perPath.values()).containsOnly(1L);
        assertThat(results.answered).allSatisfy(id -> assertThat(perPath).containsKey("/" + id));
    }
}
