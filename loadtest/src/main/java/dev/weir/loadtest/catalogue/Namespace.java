package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Capabilities;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace for a proxy, and a second one for a router that joins it to this process's network, where the backends
 * are. So firewalls stand on the way, as real ones do, and nothing of this machine's network changes but for two routes to
 * namespaces. Needs root. All is gone once closed, and at the latest when this JVM ends.
 *
 * <pre>
 * this process  .1 ---- .2  router  .129 ---- .130  proxy
 * </pre>
 */
final class Namespace implements AutoCloseable {
    /** The cable's name inside. */
    private static final String WIRE = "wire";

    private static final String INNER = "inner";
    /** Belongs to nobody (RFC 5737). */
    private static final String ELSEWHERE = "203.0.113.";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;
    private final String subnet;
    private final Thread hook = new Thread(this::delete, "namespace-cleanup");

    private Namespace(String name, String subnet) {
        this.name = name;
        this.subnet = subnet;
    }

    /** Why there can be none: a tool or a right is wanting. Empty: there can, and whatever fails then is a failure. */
    static Optional<String> obstacle() {
        for (Tool tool : List.of(Tool.IP, Tool.IPTABLES, Tool.SYSCTL)) {
            if (tool.find().isEmpty()) {
                return Optional.of(tool + " is not installed");
            }
        }
        return Optional.ofNullable(Capabilities.missing());
    }

    /** @throws MeasurementException if it cannot be made */
    static Namespace create() {
        long number = ProcessHandle.current().pid() * 8 + COUNT.getAndIncrement();
        String name = "weir-" + number;
        String subnet = "10." + (200 + number / 256 % 50) + "." + number % 256 + ".";
        Namespace namespace = new Namespace(name, subnet);
        Runtime.getRuntime().addShutdownHook(namespace.hook);
        try {
            namespace.setUp();
            return namespace;
        } catch (MeasurementException e) {
            try {
                namespace.close();
            } catch (MeasurementException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private void setUp() {
        ip("netns", "add", name);
        ip("netns", "add", router());
        ip("link", "add", cable(), "type", "veth", "peer", "name", WIRE, "netns", router());
        ip("addr", "add", outside() + "/25", "dev", cable());
        ip("link", "set", cable(), "up");
        ip("route", "add", subnet + "128/25", "via", subnet + "2");
        in(router(), "ip", "link", "set", "lo", "up");
        in(router(), "ip", "addr", "add", subnet + "2/25", "dev", WIRE);
        in(router(), "ip", "link", "set", WIRE, "up");
        in(router(), "ip", "link", "add", INNER, "type", "veth", "peer", "name", WIRE, "netns", name);
        in(router(), "ip", "addr", "add", subnet + "129/25", "dev", INNER);
        in(router(), "ip", "link", "set", INNER, "up");
        in(router(), "ip", "route", "add", ELSEWHERE + "0/24", "via", outside());
        in(router(), Tool.SYSCTL.path(), "-q", "-w", "net.ipv4.ip_forward=1");
        in(router(), Tool.SYSCTL.path(), "-q", "-w", "net.ipv4.icmp_ratelimit=0");
        inside("ip", "link", "set", "lo", "up");
        inside("ip", "addr", "add", inside() + "/25", "dev", WIRE);
        inside("ip", "link", "set", WIRE, "up");
        inside("ip", "route", "add", subnet + "0/25", "via", gateway());
    }

    private String router() {
        return name + "-router";
    }

    /** An address of this process's end. */
    String outside() {
        return subnet + "1";
    }

    /** The address of the proxy. */
    String inside() {
        return subnet + "130";
    }

    /** The router, as the proxy sees it. */
    String gateway() {
        return subnet + "129";
    }

    /** A further address of this process's end. */
    String another(int number) {
        String address = subnet + (10 + number);
        ip("addr", "replace", address + "/25", "dev", cable());
        return address;
    }

    /** A further address of this process's end that the proxy has no route to. */
    String elsewhere(int number) {
        String address = ELSEWHERE + number;
        ip("addr", "replace", address + "/32", "dev", cable());
        return address;
    }

    private String cable() {
        return "weir" + Integer.toHexString(name.hashCode());
    }

    /** To be put before a command that shall run inside. */
    List<String> entrance() {
        return List.of(Tool.IP.path(), "netns", "exec", name);
    }

    /**
     * On the router: what it forwards.
     *
     * @param action {@code -A} or {@code -D}
     */
    void forward(String action, List<String> rule) {
        List<String> command = new ArrayList<>(List.of(Tool.IPTABLES.path(), "-w", action, "FORWARD", "-p", "tcp"));
        command.addAll(rule);
        in(router(), command.toArray(String[]::new));
    }

    /**
     * Where the proxy is.
     *
     * @throws MeasurementException if it fails
     */
    void inside(String... command) {
        in(name, command);
    }

    /**
     * Until a connection from where the proxy is stands: after a change the kernels on the way look for their neighbours anew, and
     * on a busy machine that takes longer than a proxy's patience.
     *
     * @throws MeasurementException if none does within 10 s
     */
    void awaitConnection(String host, int port) {
        String connect = "exec 3<>/dev/tcp/" + host + "/" + port;
        inside("timeout", "10", "bash", "-c", "until (" + connect + ") 2>/dev/null; do sleep 0.02; done");
    }

    private static void in(String namespace, String... command) {
        List<String> all = new ArrayList<>(List.of(Tool.IP.path(), "netns", "exec", namespace));
        all.addAll(List.of(command));
        Output.require(all);
    }

    private static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Tool.IP.path()));
        command.addAll(List.of(arguments));
        Output.require(command);
    }

    /** @throws MeasurementException if something of it is left */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is shutting down: the hook runs, or has run
        }
        delete();
    }

    /** Cables and routes go with their ends. */
    private synchronized void delete() {
        List<String> left = new ArrayList<>();
        for (String each : List.of(name, router())) {
            Path handle = Path.of("/run/netns", each);
            if (Files.exists(handle)) {
                String output =
                        Output.of(Tool.IP.path(), "netns", "delete", each).text();
                if (Files.exists(handle)) {
                    left.add(each + ": " + output);
                }
            }
        }
        if (!left.isEmpty()) {
            throw new MeasurementException("cannot be deleted; do it by hand (ip netns delete NAME): " + left);
        }
    }
}
