package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Metrics;
import dev.weir.loadtest.process.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The real balancer as a process of its own: its ports, its logs, its admin API. Safe for use by several threads. */
final class Balancer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LOGGED = Duration.ofSeconds(10);
    private static final Duration ADMIN = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final boolean rfc9209;
    private final Process process;
    private final WeirConfiguration configuration;
    private final Path log;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ADMIN)
            .build();
    private final Latest<Metrics> metrics = new Latest<>(this::scrape);
    private final Latest<JsonNode> pools = new Latest<>(this::lookUpPools);
    private final Map<String, List<AccessLine>> lines = new HashMap<>();
    private final Map<String, Integer> furtherAttempts = new HashMap<>();
    private long accessLogRead;

    private Balancer(String name, boolean rfc9209, Process process, WeirConfiguration configuration, Path log) {
        this.name = name;
        this.rfc9209 = rfc9209;
        this.process = process;
        this.configuration = configuration;
        this.log = log;
    }

    /**
     * Starts it; see {@link #awaitReady}.
     *
     * @param classPath the jar, and what is beside it
     * @param prefix of the command, such as one that enters a network namespace
     * @param javaOptions for its JVM
     */
    static Balancer start(
            Sandbox sandbox,
            String name,
            List<Path> classPath,
            List<String> prefix,
            List<String> javaOptions,
            WeirConfiguration yaml) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of(
                "-cp",
                classPath.stream().map(path -> path.toAbsolutePath().toString()).collect(Collectors.joining(":")),
                "dev.weir.balancer.Main",
                "run",
                "--config",
                sandbox.write(name + ".yaml", yaml.text()).toString()));
        Process process = sandbox.start(name, command);
        return new Balancer(name, yaml.rfc9209(), process, yaml, sandbox.output(name));
    }

    /** @throws MeasurementException with its last words if it does not come up */
    void awaitReady() {
        boolean ready = Deadline.await(START, () -> {
            if (!process.isAlive()) {
                throw new MeasurementException(name + " ended with " + process.exitValue() + ": " + log());
            }
            return admin("/readyz").filter(page -> page.statusCode() == 200).isPresent();
        });
        if (!ready) {
            throw new MeasurementException(name + " is not ready after " + START.toSeconds() + " s: " + log());
        }
    }

    String name() {
        return name;
    }

    boolean rfc9209() {
        return rfc9209;
    }

    /** The process, or the one that it runs in if it was started through another program that replaces itself. */
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    Optional<Integer> awaitExit(Duration limit) {
        return Deadline.await(limit, () -> !process.isAlive()) ? Optional.of(process.exitValue()) : Optional.empty();
    }

    InetSocketAddress traffic() {
        return new InetSocketAddress(configuration.host(), configuration.port());
    }

    /** The listener that takes no large bodies. */
    InetSocketAddress narrowTraffic() {
        return new InetSocketAddress(configuration.host(), configuration.narrowPort());
    }

    /** Everything that it wrote but for the access log. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the admin API

    Optional<HttpResponse<String>> admin(String path) {
        URI uri = URI.create("http://" + configuration.host() + ":" + configuration.adminPort() + path);
        try {
            return Optional.of(
                    client.send(HttpRequest.newBuilder(uri).timeout(ADMIN).build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    Metrics metrics() {
        return metrics.get();
    }

    private Metrics scrape() {
        return Metrics.of(admin("/metrics")
                .orElseThrow(() -> new MeasurementException(name + " does not answer to a scrape"))
                .body());
    }

    private JsonNode lookUpPools() {
        return parse(admin("/api/pools")
                .orElseThrow(() -> new MeasurementException(name + " does not tell of its pools"))
                .body());
    }

    /** Of {@code /api/incidents/ID}; empty if there is none. */
    Optional<JsonNode> incident(String id) {
        return admin("/api/incidents/" + id)
                .filter(page -> page.statusCode() == 200)
                .map(HttpResponse::body)
                .map(Balancer::parse);
    }

    JsonNode pool(String pool) {
        return StreamSupport.stream(pools.get().path("pools").spliterator(), false)
                .filter(node -> node.path("name").asText().equals(pool))
                .findFirst()
                .orElseThrow(() -> new MeasurementException(name + " has no pool " + pool));
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + json, e);
        }
    }

    // ---- the access log

    /** @param token the request's User-Agent */
    Optional<AccessLine> accessLine(String token) {
        return accessLines(token, 1).stream().findFirst();
    }

    /**
     * As they were written.
     *
     * @param count how many are waited for, for a while
     */
    List<AccessLine> accessLines(String token, int count) {
        Deadline.await(LOGGED, () -> linesOf(token).size() >= count);
        return linesOf(token);
    }

    private List<AccessLine> linesOf(String token) {
        synchronized (lines) {
            readAccessLog();
            return List.copyOf(lines.getOrDefault(token, List.of()));
        }
    }

    /** By pool: attempts that were not their request's first one. */
    Map<String, Integer> furtherAttempts() {
        synchronized (lines) {
            readAccessLog();
            return Map.copyOf(furtherAttempts);
        }
    }

    private void readAccessLog() {
        try (var file = Files.newByteChannel(configuration.accessLog())) {
            file.position(accessLogRead);
            byte[] bytes = new byte[Math.toIntExact(file.size() - accessLogRead)];
            int got = Math.max(0, file.read(java.nio.ByteBuffer.wrap(bytes)));
            int end = got;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            accessLogRead += end;
            new String(bytes, 0, end, StandardCharsets.UTF_8).lines().forEach(line -> {
                AccessLine parsed = new AccessLine(parse(line));
                lines.computeIfAbsent(parsed.json().path("user_agent").asText(), token -> new ArrayList<>())
                        .add(parsed);
                if (parsed.attempts() > 1) {
                    furtherAttempts.merge(parsed.json().path("pool").asText(), parsed.attempts() - 1, Integer::sum);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process ends with its sandbox. */
    @Override
    public void close() {
        client.close();
    }
}
