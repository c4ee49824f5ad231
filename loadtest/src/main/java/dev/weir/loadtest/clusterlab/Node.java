package dev.weir.loadtest.clusterlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Metrics;
import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One balancer in its namespace, and one after it if it is killed. Driven by one thread, watched by others. */
final class Node implements AutoCloseable {
    static final int PORT = 8080;
    static final int BACKEND_PORT = 9000;
    static final String POOL = "shop";

    private static final int ADMIN_PORT = 8081;
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration SCRAPE = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int number;
    private final Network network;
    private final Path jar;
    private final Sandbox sandbox;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();
    private volatile @Nullable Life life;
    private volatile boolean stopped;

    /** @param sinceNanos when its process was started */
    record Life(Process process, long sinceNanos) {}

    Node(int number, Network network, Path jar, Sandbox sandbox) {
        this.number = number;
        this.network = network;
        this.jar = jar;
        this.sandbox = sandbox;
    }

    int number() {
        return number;
    }

    String name() {
        return "node-" + number;
    }

    /** Its process; null: it has none. */
    @Nullable
    Life life() {
        return life;
    }

    /** Whether it can be asked anything. */
    boolean isUp() {
        return life != null && !stopped;
    }

    // Its life

    void start() {
        Path file = sandbox.write(name() + ".yaml", configuration());
        List<String> command = new ArrayList<>(network.asNode(number));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-jar",
                jar.toAbsolutePath().toString(),
                "run",
                "--config",
                file.toString()));
        life = new Life(sandbox.start(name(), command), System.nanoTime());
    }

    private String configuration() {
        List<String> backends = Network.NUMBERS.stream()
                .map(i -> "'http://" + backend(i - 1) + "'")
                .toList();
        return """
                listeners: [{ address: %1$s:%2$d }]
                admin: { address: %1$s:%3$d, writers: [%4$s] }
                access-log: "off"
                drain: { delay: 0s }
                cluster: { name: lab, node: %5$s, address: %6$s, peers: [%7$s] }
                pools:
                  %8$s:
                    strategy: round-robin
                    health: { active: { path: /, interval: 1s } }
                    backends: %9$s
                """.formatted(
                        Network.worldAddress(number),
                        PORT,
                        ADMIN_PORT,
                        Network.clientAddress(),
                        name(),
                        Network.peerAddress(number),
                        Network.PEERS,
                        POOL,
                        backends);
    }

    /** By which the balancer's API knows it. */
    static String backend(int index) {
        return Network.backendAddress(index) + ":" + BACKEND_PORT;
    }

    /** @throws MeasurementException with its last words if it does not become ready */
    void awaitReady() {
        boolean ready = Deadline.await(START, () -> {
            Life now = life;
            if (now == null || !now.process.isAlive()) {
                throw new MeasurementException(name() + " has ended: " + sandbox.lastWordsOf(name()));
            }
            return readiness().orElse(false);
        });
        if (!ready) {
            throw new MeasurementException(
                    name() + " is not ready after " + START.toSeconds() + " s: " + sandbox.lastWordsOf(name()));
        }
    }

    /** SIGSTOP. */
    void stop() {
        stopped = true;
        signal("STOP");
    }

    /** SIGCONT. */
    void goOn() {
        signal("CONT");
        stopped = false;
    }

    /** SIGKILL. */
    void kill() {
        Life now = requireLife();
        life = null;
        now.process.destroyForcibly();
        try {
            if (!now.process.waitFor(10, TimeUnit.SECONDS)) {
                throw new MeasurementException(name() + " survives SIGKILL");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    private void signal(String signal) {
        Output.require(List.of(
                Tool.KILL.path(),
                "-" + signal,
                Long.toString(requireLife().process.pid())));
    }

    private Life requireLife() {
        Life now = life;
        if (now == null) {
            throw new MeasurementException(name() + " does not run");
        }
        return now;
    }

    // What it says

    private Optional<Boolean> readiness() {
        return answer(request("/readyz").GET().build()).map(page -> page.statusCode() == 200);
    }

    /** Whether it has found its way into Hazelcast's cluster, be it alone there. */
    boolean isLinked() {
        return json("/api/cluster")
                .filter(cluster -> cluster.path("link").asText().startsWith("one of"))
                .isPresent();
    }

    /** Empty: it does not tell, or not in time. */
    Optional<NodeView> view() {
        if (!isUp()) {
            return Optional.empty();
        }
        return readiness()
                .flatMap(ready -> json("/api/cluster")
                        .flatMap(cluster -> json("/api/directives")
                                .flatMap(directives -> json("/api/pools")
                                        .map(pools -> NodeView.of(cluster, directives, pools, ready)))));
    }

    private Optional<JsonNode> json(String path) {
        return answer(request(path).GET().build())
                .filter(page -> page.statusCode() == 200)
                .map(page -> parse(page.body()));
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + json, e);
        }
    }

    /** @throws MeasurementException if it does not answer for a while */
    Metrics metrics() {
        return Deadline.awaitValue(
                        SCRAPE, () -> answer(request("/metrics").GET().build()))
                .map(page -> Metrics.of(page.body()))
                .orElseThrow(() -> new MeasurementException(name() + " does not answer to a scrape"));
    }

    /** Lines of its log that tell of a bug. Warnings of loops that were blocked are the meter's to count. */
    List<String> bugs() {
        try (Stream<String> lines = Files.lines(sandbox.output(name()))) {
            return lines.filter(line -> line.contains(" ERROR ")
                            || line.contains("which is a bug")
                            || (line.contains("Exception: ") && !line.contains("Thread blocked"))
                            || line.contains("OutOfMemoryError"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What it is told

    /** @throws MeasurementException if it refuses */
    void direct(Directive directive) {
        HttpRequest.Builder request = request(directive.path());
        String body = directive.body();
        if (body == null) {
            request.DELETE();
        } else {
            request.header("Content-Type", "application/json").PUT(HttpRequest.BodyPublishers.ofString(body));
        }
        HttpResponse<String> page = answer(request.build())
                .orElseThrow(() -> new MeasurementException(name() + " does not answer to " + directive));
        if (page.statusCode() != 200) {
            throw new MeasurementException(name() + " refuses " + directive + ": " + page.body());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + Network.worldAddress(number) + ":" + ADMIN_PORT + path))
                .timeout(ANSWER);
    }

    private Optional<HttpResponse<String>> answer(HttpRequest request) {
        try {
            return Optional.of(client.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    /** The process ends with its sandbox. */
    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
