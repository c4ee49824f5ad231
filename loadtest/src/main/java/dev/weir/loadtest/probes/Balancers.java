package dev.weir.loadtest.probes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Balancers on this machine, each as it is delivered, which form one cluster. */
final class Balancers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Sandbox sandbox = Sandbox.open();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Integer> listeners;
    private final List<Integer> admins;
    private final List<Integer> members;

    Balancers(int nodes, Path jar, List<String> backends, int intervalMillis) {
        List<Integer> ports = FreePorts.takeLasting(3 * nodes);
        listeners = ports.subList(0, nodes);
        admins = ports.subList(nodes, 2 * nodes);
        members = ports.subList(2 * nodes, 3 * nodes);
        for (int i = 0; i < nodes; i++) {
            Path file = sandbox.write("node-" + i + ".yaml", configuration(i, backends, intervalMillis));
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            List<String> command = List.of(
                    java,
                    "-Xmx96m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-jar",
                    jar.toAbsolutePath().toString(),
                    "run",
                    "--config",
                    file.toString());
            sandbox.start("node-" + i, command);
        }
    }

    private String configuration(int node, List<String> backends, int intervalMillis) {
        String peers = members.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(", "));
        return """
                listeners: [ { address: 127.0.0.1:%d } ]
                admin: { address: 127.0.0.1:%d }
                access-log: "off"
                event-loops: 1
                drain: { delay: 0s }
                cluster: { name: probes, node: node-%d, address: 127.0.0.1:%d, peers: [%s] }
                pools:
                  shop:
                    health: { active: { path: /, interval: %dms, timeout: 1s } }
                    backends: [%s]
                """.formatted(
                        listeners.get(node),
                        admins.get(node),
                        node,
                        members.get(node),
                        peers,
                        intervalMillis,
                        String.join(", ", backends));
    }

    /**
     * Waits until all know all others, and each backend is checked by as many as should be, no more and no less.
     *
     * @param checks over all nodes and backends
     */
    void awaitSettled(int checks) {
        boolean settled = Deadline.await(
                PATIENCE,
                () -> IntStream.range(0, admins.size()).allMatch(this::seesAll)
                        && IntStream.range(0, admins.size()).map(this::checks).sum() == checks);
        if (!settled) {
            throw new MeasurementException(admins.size() + " nodes did not come to share " + checks + " checks within "
                    + PATIENCE.toSeconds() + " s: " + sandbox.lastWordsOf("node-0"));
        }
    }

    private boolean seesAll(int node) {
        int present = 0;
        for (JsonNode each : cluster(node).path("nodes")) {
            present += each.path("present").asBoolean() ? 1 : 0;
        }
        return present == admins.size();
    }

    private int checks(int node) {
        int checks = 0;
        for (JsonNode each : cluster(node).path("backends")) {
            checks += each.path("checked_here").asBoolean() ? 1 : 0;
        }
        return checks;
    }

    /** Missing while the node does not answer. */
    private JsonNode cluster(int node) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + admins.get(node) + "/api/cluster"))
                .timeout(ANSWER)
                .build();
        try {
            return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
        } catch (IOException e) {
            return JSON.missingNode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    @Override
    public void close() {
        sandbox.close();
        client.close();
    }
}
