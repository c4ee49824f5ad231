package dev.weir.loadtest.skew;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Pause;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.sidebyside.LocalHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The balancer's processes of one arm, with the same backends each. They end with their sandbox. */
final class Nodes {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final JsonMapper JSON = new JsonMapper();

    /** One process. */
    private record Node(String name, Process process, int port, int adminPort) {}

    private final Arm arm;
    private final Sandbox sandbox;
    private final LocalHttp http;
    private final List<Node> nodes = new ArrayList<>();

    private Nodes(Arm arm, Sandbox sandbox, LocalHttp http) {
        this.arm = arm;
        this.sandbox = sandbox;
        this.http = http;
    }

    /** @throws MeasurementException unless all are ready, and know each other if they have to */
    static Nodes start(Arm arm, Plan plan, Path jar, List<Integer> backendPorts, Sandbox sandbox, LocalHttp http) {
        Nodes started = new Nodes(arm, sandbox, http);
        List<Integer> ports = FreePorts.takeLasting(3 * plan.nodes());
        String peers = IntStream.range(0, plan.nodes())
                .mapToObj(i -> "127.0.0.1:" + ports.get(3 * i + 2))
                .collect(Collectors.joining(", ", "[", "]"));
        for (int i = 0; i < plan.nodes(); i++) {
            List<Integer> own = ports.subList(3 * i, 3 * i + 3);
            started.start(i, configuration(arm, plan, own, peers, backendPorts), jar, own);
        }
        started.await();
        return started;
    }

    private void start(int number, String configuration, Path jar, List<Integer> ports) {
        String name = arm.name() + "-" + (number + 1);
        Path file = sandbox.write(name + ".yaml", configuration);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = sandbox.start(
                name,
                List.of(java, "-Xmx128m", "-jar", jar.toAbsolutePath().toString(), "run", "--config", file.toString()));
        nodes.add(new Node(name, process, ports.get(0), ports.get(1)));
    }

    private static String configuration(
            Arm arm, Plan plan, List<Integer> ports, String peers, List<Integer> backendPorts) {
        StringBuilder yaml = new StringBuilder()
                .append("listeners:\n  - address: 127.0.0.1:" + ports.get(0) + "\n")
                .append("admin:\n  address: 127.0.0.1:" + ports.get(1) + "\n")
                .append("access-log: \"off\"\n");
        if (arm == Arm.CLUSTER) {
            yaml.append("cluster:\n  name: skew-" + peers.hashCode() + "\n")
                    .append("  address: 127.0.0.1:" + ports.get(2) + "\n  peers: " + peers + "\n");
        }
        yaml.append("pools:\n  backends:\n    strategy: " + plan.strategy() + "\n    backends:\n");
        backendPorts.forEach(port -> yaml.append("      - http://127.0.0.1:" + port + "\n"));
        return yaml.toString();
    }

    private void await() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        for (Node node : nodes) {
            while (!isReady(node)) {
                if (System.nanoTime() > deadline || !node.process().isAlive()) {
                    throw new MeasurementException(
                            node.name() + " did not get ready: " + sandbox.lastWordsOf(node.name()));
                }
                Pause.brief();
            }
        }
    }

    private boolean isReady(Node node) {
        try {
            return http.get(node.adminPort(), "/readyz").statusCode() == 200
                    && (arm == Arm.LOCAL || present(node) == nodes.size());
        } catch (MeasurementException e) {
            return false; // not yet
        }
    }

    /** How many nodes this one hears, itself included. */
    private int present(Node node) {
        try {
            int present = 0;
            for (JsonNode known : JSON.readTree(
                            http.get(node.adminPort(), "/api/cluster").body())
                    .path("nodes")) {
                present += known.path("present").asBoolean() ? 1 : 0;
            }
            return present;
        } catch (IOException e) {
            throw new MeasurementException("/api/cluster is not JSON: " + e.getMessage(), e);
        }
    }

    /** @throws MeasurementException if anything has happened to them */
    void check() {
        for (Node node : nodes) {
            if (!node.process().isAlive()) {
                throw new MeasurementException(node.name() + " ended by itself: " + sandbox.lastWordsOf(node.name()));
            }
            if (arm == Arm.CLUSTER && present(node) != nodes.size()) {
                throw new MeasurementException(node.name() + " does not hear all the others any more");
            }
        }
    }

    /** Where a node accepts requests. */
    int port(int node) {
        return nodes.get(node).port();
    }

    Arm arm() {
        return arm;
    }
}
