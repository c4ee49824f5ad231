package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.process.Capabilities;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Five network namespaces: one for each of three nodes, one with the bridge over which they reach each other and nobody else, and
 * one for the world, with the backends and the clients. So nodes can be cut off from each other, and still have all else. The
 * namespace that this process was started in gets no address and no route. Needs root.
 *
 * <pre>
 *  peers (bridge)  ----  node 1, 2, 3  ----  world (bridge with addresses of its own)
 *   10.77.0.0/24          .1  .2  .3             10.78.0.0/24, .101 to .103 and .254
 * </pre>
 *
 * @param name that all of it begins with
 */
record Network(String name) {
    static final int NODES = 3;
    static final List<Integer> NUMBERS = IntStream.rangeClosed(1, NODES).boxed().toList();

    /** Stands for all nodes. */
    static final String PEERS = "weir-peers";

    private static final String PEER_SUBNET = "10.77.0.";
    private static final String WORLD_SUBNET = "10.78.0.";
    private static final int FIRST_BACKEND = 101;
    private static final String CLIENT = WORLD_SUBNET + 254;

    private static final String BRIDGE = "bridge";
    private static final String TO_PEERS = "peers";
    private static final Path HOSTS = Path.of("/etc/netns");
    private static final Path HANDLES = Path.of("/run/netns");

    /** Of a bridge's port. */
    private static final String OFF = "0";

    private static final String ON = "3";

    /** Why there can be none; empty: there can. */
    static Optional<String> obstacle() {
        return Stream.of(Tool.IP, Tool.BRIDGE, Tool.IPTABLES, Tool.KILL)
                .filter(tool -> tool.find().isEmpty())
                .map(tool -> tool + " is not installed")
                .findFirst()
                .or(() -> Optional.ofNullable(Capabilities.missing()));
    }

    /** One of a name that nobody else has while this process lives; it does not exist yet. */
    static Network unique() {
        return new Network("weir-lab-" + ProcessHandle.current().pid());
    }

    // Who is where

    private String node(int number) {
        return name + "-" + number;
    }

    private String peers() {
        return name + "-peers";
    }

    private String world() {
        return name + "-world";
    }

    static String peerAddress(int node) {
        return PEER_SUBNET + node;
    }

    static String worldAddress(int node) {
        return WORLD_SUBNET + node;
    }

    static String backendAddress(int index) {
        return WORLD_SUBNET + (FIRST_BACKEND + index);
    }

    static String clientAddress() {
        return CLIENT;
    }

    /** To be put before a command that shall run as a node. */
    List<String> asNode(int number) {
        return List.of(Tool.IP.path(), "netns", "exec", node(number));
    }

    /** To be put before a command that shall run where clients and backends are. */
    List<String> inWorld() {
        return List.of(Tool.IP.path(), "netns", "exec", world());
    }

    // How it comes and goes

    /** @throws MeasurementException if it cannot be made; what there is of it then has to be deleted */
    void create() {
        for (String bridge : List.of(peers(), world())) {
            ip("netns", "add", bridge);
            ip("-n", bridge, "link", "set", "lo", "up");
            ip("-n", bridge, "link", "add", BRIDGE, "type", "bridge");
            ip("-n", bridge, "link", "set", BRIDGE, "up");
        }
        ip("-n", world(), "addr", "add", CLIENT + "/24", "dev", BRIDGE);
        NUMBERS.forEach(i -> ip("-n", world(), "addr", "add", backendAddress(i - 1) + "/24", "dev", BRIDGE));
        NUMBERS.forEach(this::createNode);
    }

    private void createNode(int number) {
        String node = node(number);
        writeHosts(node);
        ip("netns", "add", node);
        ip("-n", node, "link", "set", "lo", "up");
        connect(node, TO_PEERS, peerAddress(number), peers(), port(number));
        connect(node, "world", worldAddress(number), world(), port(number));
    }

    private void connect(String node, String device, String address, String bridge, String port) {
        ip("-n", bridge, "link", "add", port, "type", "veth", "peer", "name", device, "netns", node);
        ip("-n", bridge, "link", "set", port, "master", BRIDGE);
        ip("-n", bridge, "link", "set", port, "up");
        ip("-n", node, "addr", "add", address + "/24", "dev", device);
        ip("-n", node, "link", "set", device, "up");
    }

    private static String port(int node) {
        return "node" + node;
    }

    /** What {@code ip netns exec} shows as {@code /etc/hosts}. */
    private static void writeHosts(String node) {
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
        NUMBERS.forEach(
                i -> hosts.append(peerAddress(i)).append(' ').append(PEERS).append('\n'));
        try {
            Path folder = Files.createDirectories(HOSTS.resolve(node));
            Files.writeString(folder.resolve("hosts"), hosts);
        } catch (IOException e) {
            throw new MeasurementException("cannot write below " + HOSTS, e);
        }
    }

    /** Ends what still runs in it, too. What is not there is no failure. */
    void delete() {
        List<String> left = new ArrayList<>();
        List<String> all = Stream.concat(NUMBERS.stream().map(this::node), Stream.of(peers(), world()))
                .toList();
        for (String each : all) {
            Path handle = HANDLES.resolve(each);
            if (Files.exists(handle)) {
                endProcesses(each);
                String output =
                        Output.of(Tool.IP.path(), "netns", "delete", each).text();
                if (Files.exists(handle)) {
                    left.add(each + ": " + output);
                }
            }
            deleteHosts(HOSTS.resolve(each));
        }
        deleteIfEmpty(HOSTS);
        if (!left.isEmpty()) {
            throw new MeasurementException("cannot be deleted; do it by hand (ip netns delete NAME): " + left);
        }
    }

    /** They are this test's: nobody else has the name. */
    private static void endProcesses(String namespace) {
        Output.of(Tool.IP.path(), "netns", "pids", namespace)
                .text()
                .lines()
                .filter(line -> line.matches("\\d+"))
                .map(Long::parseLong)
                .filter(pid -> pid != ProcessHandle.current().pid())
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private static void deleteHosts(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve("hosts"));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }

    private static void deleteIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // others have something there
        }
    }

    // What happens to it

    /** From now on nothing passes between a node and its peers, and nobody is told: the cable stays plugged in. */
    void cut(int node) {
        port(node, OFF);
    }

    private void port(int node, String state) {
        Output.require(List.of(Tool.BRIDGE.path(), "-n", peers(), "link", "set", "dev", port(node), "state", state));
    }

    /**
     * From now on packets between a node and its peers get lost, each way.
     *
     * @param share 0 to 1
     */
    void lose(int node, double share) {
        drop(node, share, "-i", TO_PEERS);
        NUMBERS.stream().filter(peer -> peer != node).forEach(peer -> drop(peer, share, "-s", peerAddress(node)));
    }

    /** As {@link #lose}, but between a node and the world: its clients and backends. */
    void loseInWorld(int node, double share) {
        drop(node, share, "-i", "world");
        drop(inWorld(), share, "-s", worldAddress(node));
    }

    private void drop(int where, double share, String... which) {
        drop(asNode(where), share, which);
    }

    private static void drop(List<String> where, double share, String... which) {
        List<String> command = new ArrayList<>(where);
        command.addAll(List.of(Tool.IPTABLES.path(), "-w", "-A", "INPUT"));
        command.addAll(List.of(which));
        command.addAll(List.of("-m", "statistic", "--mode", "random", "--probability"));
        command.add(String.format(Locale.ROOT, "%.3f", share));
        command.addAll(List.of("-j", "DROP"));
        Output.require(command);
    }

    /** Packets that got lost since {@link #lose} or {@link #loseInWorld}. */
    long lost() {
        return namespaces()
                .map(where -> join(where, Tool.IPTABLES.path(), "-w", "-nvxL", "INPUT"))
                .flatMap(command ->
                        Output.of(command.toArray(String[]::new)).text().lines())
                .map(line -> line.strip().split("\\s+", 4))
                .filter(fields -> fields.length == 4 && fields[2].equals("DROP"))
                .mapToLong(fields -> Long.parseLong(fields[0]))
                .sum();
    }

    private Stream<List<String>> namespaces() {
        return Stream.concat(NUMBERS.stream().map(this::asNode), Stream.of(inWorld()));
    }

    private static List<String> join(List<String> first, String... rest) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(rest));
        return all;
    }

    /** All is as it was. */
    void heal() {
        NUMBERS.forEach(node -> port(node, ON));
        namespaces().forEach(where -> Output.require(join(where, Tool.IPTABLES.path(), "-w", "-F", "INPUT")));
    }

    private static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Tool.IP.path()));
        command.addAll(List.of(arguments));
        Output.require(command);
    }
}
