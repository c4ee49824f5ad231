package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.StrategyCheck;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Operators at the command line, a real balancer, and clients who must not notice. */
final class OperatorsCommandsTest {
    private static final int CLIENTS = 6;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger atFirst = new AtomicInteger();
    private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    private HttpServer first;
    private HttpServer second;
    private LoadBalancer balancer;

    record Result(int code, String out, String err) {}

    @BeforeEach
    void start() throws Exception {
        first = backend(request -> {
            atFirst.incrementAndGet();
            if (request.path().endsWith("/hold")) {
                held.add(request);
            } else {
                request.response().end("first");
            }
        });
        second = backend(request -> request.response().end("second"));
        balancer = LoadBalancer.start(ConfigLoader.parse(
                        "test", """
                        listeners: [{ address: 127.0.0.1:0 }]
                        admin: { address: 127.0.0.1:0 }
                        access-log: off
                        event-loops: 2
                        drain: { delay: 0s, timeout: 1s }
                        routes: [{ pool: shop }, { path: /static, pool: static }]
                        pools:
                          shop:
                            strategy: round-robin
                            backends: ['http://127.0.0.1:%1$d', 'http://127.0.0.1:%2$d']
                          static: { backends: ['http://127.0.0.1:%1$d'] }
                        """.formatted(first.actualPort(), second.actualPort()), StrategyCheck.ANY))
                .await(10, TimeUnit.SECONDS);
    }

    private HttpServer backend(io.vertx.core.Handler<HttpServerRequest> handler) throws Exception {
        return vertx.createHttpServer()
                .requestHandler(handler)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        balancer.stop().await(20, TimeUnit.SECONDS);
        client.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private String firstId() {
        return "127.0.0.1:" + first.actualPort();
    }

    private Result weir(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--admin=http://127.0.0.1:" + balancer.adminPort());
        return run(all.toArray(String[]::new));
    }

    static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Result(command.execute(arguments), out.toString(), err.toString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path), BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.port(0) + path))
                .build();
    }

    // ---- under load

    @Test
    void whateverIsAskedForNoClientNotices() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Queue<String> losses = new ConcurrentLinkedQueue<>();
        AtomicInteger answered = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    ask(losses, answered);
                }
            }));
        }
        String id = firstId();
        for (int round = 0; round < 3; round++) {
            for (String[] order : new String[][] {
                {"drain", id},
                {"enable", id},
                {"weight", id, "0"},
                {"weight", id, "7"},
                {"disable", id},
                {"weight", id, "configured"},
                {"enable", id}
            }) {
                int before = answered.get();
                assertThat(weir(concat(order, "--pool", "shop")).code()).isZero();
                Await.untilTrue(() -> answered.get() > before + 20, "requests go on");
            }
        }
        Result drained = weir("drain", id, "--pool=shop", "--wait");
        assertThat(drained.code()).isZero();
        assertThat(drained.err()).contains("nothing in flight at " + id + " any more");
        int then = atFirst.get();
        int before = answered.get();
        Await.untilTrue(() -> answered.get() > before + 100, "requests go on");
        assertThat(atFirst).as("it can be stopped now").hasValue(then);
        first.close().await(10, TimeUnit.SECONDS);
        int last = answered.get();
        Await.untilTrue(() -> answered.get() > last + 100, "requests go on");
        over.set(true);
        for (Thread each : clients) {
            each.join();
        }
        assertThat(losses).isEmpty();
    }

    private void ask(Queue<String> losses, AtomicInteger answered) {
        try {
            HttpResponse<String> response = get("/");
            if (response.statusCode() != 200) {
                losses.add(response.statusCode() + " " + response.body());
            }
        } catch (IOException | InterruptedException e) {
            losses.add(e.toString());
        }
        answered.incrementAndGet();
    }

    private static String[] concat(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    // ---- drain, then wait

    @Test
    void aDrainWaitsForWhatIsInFlightAndNoLongerThanItMay() throws Exception {
        // round robin: one of the two goes to the first
        CompletableFuture<HttpResponse<String>> one = client.sendAsync(request("/hold"), BodyHandlers.ofString());
        CompletableFuture<HttpResponse<String>> other = client.sendAsync(request("/hold"), BodyHandlers.ofString());
        CompletableFuture<HttpResponse<String>> elsewhere =
                client.sendAsync(request("/static/hold"), BodyHandlers.ofString());
        Await.untilTrue(() -> held.size() == 2, "both are there");

        Result impatient = weir("drain", firstId(), "--pool=shop", "--wait", "--timeout=300ms");
        assertThat(impatient.code()).isEqualTo(1);
        assertThat(impatient.out())
                .contains("pool shop: " + firstId() + " is draining; 1 request in flight; 1 backend");
        assertThat(impatient.err()).contains("1 request still in flight at " + firstId() + " after 300ms", "draining");

        CompletableFuture<Result> patient =
                CompletableFuture.supplyAsync(() -> weir("drain", firstId(), "--pool=shop", "--wait"));
        assertThat(patient.completeOnTimeout(null, 600, TimeUnit.MILLISECONDS).join())
                .as("it waits")
                .isNull();
        held.forEach(request -> request.response().end("at last"));
        assertThat(weir("drain", firstId(), "--pool=shop", "--wait", "--timeout=20s")
                        .code())
                .isZero();
        for (CompletableFuture<HttpResponse<String>> each : List.of(one, other, elsewhere)) {
            assertThat(each.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    // ---- what is said

    @Test
    void aBackendIsMeantInEveryPoolThatHasItUnlessOneIsNamed() throws Exception {
        Result all = weir("disable", "http://" + firstId() + "/", "--json");
        assertThat(all.code()).isZero();
        assertThat(new JsonArray(all.out()))
                .extracting(state -> ((JsonObject) state).getString("pool"))
                .containsExactly("shop", "static");
        assertThat(all.err())
                .isEqualTo("warning: no backend of pool static gets requests now: operators took out all of"
                        + " them, and clients get 503\n");
        assertThat(get("/static").statusCode()).isEqualTo(503);
        assertThat(weir("directives").out()).contains("pool shop: " + firstId() + " is disabled\n");
        assertThat(weir("enable", firstId(), "--pool", "static").out())
                .isEqualTo("pool static: " + firstId() + " is enabled; 0 requests in flight; 1 backend of the pool in"
                        + " use\n");
        assertThat(get("/static").statusCode()).isEqualTo(200);
        assertThat(weir("directives").out()).contains("pool shop: ").doesNotContain("static");
    }

    @Test
    void aWeightShiftsTheShareOfRequests() throws Exception {
        assertThat(weir("weight", firstId(), "3", "--pool=shop").out())
                .startsWith("pool shop: " + firstId() + " has weight 3 (configured: 1); ");
        for (int i = 0; i < 40; i++) {
            get("/");
        }
        assertThat(atFirst).hasValue(30);
        assertThat(weir("weight", firstId(), "configured", "--pool=shop").out())
                .contains("has weight 1 (configured: 1)");
        assertThat(weir("directives").out()).isEqualTo("none: everything is as configured\n");
    }

    @Test
    void aPoolIsClosedWithAMessageAndOpenedAgain() throws Exception {
        Result closed = weir("maintenance", "shop", "Wir bauen um.", "--until", "2h");
        assertThat(closed.code()).isZero();
        assertThat(closed.out())
                .startsWith("pool shop is closed: clients get 503, are told to come back at 20")
                .endsWith("Z, and read: Wir bauen um.\n");
        HttpResponse<String> response = get("/");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("Wir bauen um.");
        assertThat(response.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(7_000L, 7_200L);
        assertThat(get("/static").statusCode()).as("another pool").isEqualTo(200);
        assertThat(weir("directives").out()).contains("pool shop is closed until 20", ": Wir bauen um.\n");
        assertThat(new JsonObject(weir("directives", "--json").out()).getJsonArray("directives"))
                .hasSize(1);
        assertThat(run(
                                "explain",
                                response.headers().firstValue("x-incident-id").orElseThrow(),
                                "--admin=http://127.0.0.1:" + balancer.adminPort())
                        .out())
                .contains("weir maintenance shop --off", "Operators closed pool shop")
                .contains("Wir bauen um.");
        assertThat(weir("explain").out()).as("it is no incident").startsWith("0 open incidents");
        assertThat(weir("maintenance", "shop", "--off").out()).isEqualTo("pool shop is open; 2 backends in use\n");
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void aDrainWaitsForWhatOtherNodesHaveInFlight() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer node =
                backend(request -> request.response().end(ofNode(request, asked.incrementAndGet() > 8 ? 0 : 3)));
        String admin = "--admin=http://127.0.0.1:" + node.actualPort();

        Result impatient = run("drain", "a:1", "--wait", "--timeout=1ms", admin);
        assertThat(impatient.code()).isEqualTo(1);
        assertThat(impatient.err()).contains("3 requests still in flight at a:1 after 1ms");
        Result patient = run("drain", "a:1", "--wait", "--timeout=20s", admin);
        assertThat(patient.code()).as(patient.err()).isZero();
        assertThat(asked.get()).isGreaterThan(8);
    }

    /** What a node with nothing in flight itself answers. */
    private static String ofNode(HttpServerRequest request, int elsewhere) {
        return switch (request.path()) {
            case "/api/pools" ->
                "{\"pools\": [{\"name\": \"shop\", \"backends\": [{\"id\": \"a:1\", \"in_flight\": 0}]}]}";
            case "/api/cluster" -> """
                    {"enabled": true, "backends": [
                      {"pool": "shop", "backend": "a:1", "others": [{"in_flight": %d}, {"in_flight": 0}]},
                      {"pool": "shop", "backend": "b:1", "others": [{"in_flight": 9}]},
                      {"pool": "blog", "backend": "a:1", "others": [{"in_flight": 9}]}]}
                    """.formatted(elsewhere);
            default -> "{\"pool\": \"shop\", \"backend\": \"a:1\", \"in_flight\": 0, \"eligible_backends\": 1}";
        };
    }

    @Test
    void thatThereIsNoRoomIsToldInTheBalancersWords() throws Exception {
        HttpServer full = backend(request ->
                request.response().setStatusCode(503).end("no room for one more directive: there are 10000 already"));
        Result refused = run("maintenance", "shop", "x", "--admin=http://127.0.0.1:" + full.actualPort());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("refused: no room for one more directive: there are 10000 already");
    }

    @Test
    void whatIsUnknownIsRefusedWithWhatThereIs() {
        Result backend = weir("drain", "127.0.0.1:1");
        assertThat(backend.code()).isEqualTo(1);
        assertThat(backend.err())
                .startsWith("weir: no backend 127.0.0.1:1; there are shop " + firstId() + ", shop 127.0.0.1:")
                .doesNotContain("\tat ");
        assertThat(weir("drain", firstId(), "--pool", "shoop").err()).contains("in a pool shoop; there are shop ");
        Result pool = weir("maintenance", "shoop", "x");
        assertThat(pool.code()).isEqualTo(1);
        assertThat(pool.err()).contains("refused: no pool is named \"shoop\"; there are shop, static");
    }
}
