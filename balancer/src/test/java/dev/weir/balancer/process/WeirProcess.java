package dev.weir.balancer.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The balancer as it is delivered: {@code java -jar weir.jar run --config FILE}. */
final class WeirProcess implements AutoCloseable {
    private final RunningProcess process;
    private final HttpClient client;
    private final URI traffic;
    private final URI admin;

    /** @param yaml a configuration; listener and admin say port 0 */
    WeirProcess(Path directory, String yaml) {
        this(directory, yaml, List.of());
    }

    /** @param launcher a command that runs the one that follows it; empty: none */
    WeirProcess(Path directory, String yaml, List<String> launcher) {
        Path file = directory.resolve("weir.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String jar = Objects.requireNonNull(System.getProperty("weir.jar"), "the build says where weir.jar lies");
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(RunningProcess.jdk("java"), "-jar", jar, "run", "--config", file.toString()));
        process = new RunningProcess(directory, command);
        traffic = URI.create("http://127.0.0.1:"
                + process.awaitLine("listening on .*, port (\\d+)").group(1));
        admin = URI.create("http://127.0.0.1:"
                + process.awaitLine("admin on .*, port (\\d+)").group(1));
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(traffic.resolve(path), headers);
    }

    /** Where clients connect. */
    int port() {
        return traffic.getPort();
    }

    /** Of the admin port, without a path. */
    URI adminUrl() {
        return admin;
    }

    /** Of an endpoint of the admin port. */
    HttpResponse<String> admin(String path) {
        return send(admin.resolve(path));
    }

    /** Of an endpoint of the admin port that takes a body. */
    HttpResponse<String> put(String path, String json) {
        HttpRequest.Builder request = HttpRequest.newBuilder(admin.resolve(path))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json));
        return send(request);
    }

    /** What Prometheus would read. */
    String metrics() {
        return send(admin.resolve("/metrics")).body();
    }

    int status(String adminPath) {
        return send(admin.resolve(adminPath)).statusCode();
    }

    /** The sum of a counter's or gauge's samples that carry all of these labels, each as {@code name="value"}. */
    double metric(String name, String... labels) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private HttpResponse<String> send(URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        request.timeout(Duration.ofSeconds(20));
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    RunningProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
        client.close();
    }
}
