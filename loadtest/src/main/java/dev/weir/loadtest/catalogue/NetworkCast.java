package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import dev.weir.loadtest.faults.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A healthy backend, and something on the way to it that is not. For a {@link Place} in a network namespace. */
final class NetworkCast implements Cast {
    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    private final FaultServer backend;
    private final List<Pool> pools;
    private final Namespace namespace;
    private final List<FaultServer> others = new ArrayList<>();
    private final List<Runnable> undo = new ArrayList<>();

    private NetworkCast(FaultServer backend, List<Pool> pools, Namespace namespace) {
        this.backend = backend;
        this.pools = pools;
        this.namespace = namespace;
    }

    private static NetworkCast of(FaultServer backend, Place place, String prefix, List<String> options) {
        List<Pool> pools = FaultCast.pools(prefix, backend.url(), place, options);
        return new NetworkCast(backend, pools, place.requiredNamespace());
    }

    /**
     * A rule about the packets to or from the backend.
     *
     * @param target of iptables
     */
    static Staging firewall(String... target) {
        return (place, prefix) -> {
            NetworkCast cast = healthy(place, prefix, place.backendHost());
            List<String> rule = new ArrayList<>(List.of("--dport", Integer.toString(cast.backend.port())));
            rule.addAll(List.of(target));
            cast.forward(rule);
            return cast;
        };
    }

    /** @param kind unreachable, prohibit or blackhole */
    static Staging route(String kind) {
        return (place, prefix) -> {
            Namespace namespace = place.requiredNamespace();
            String address = namespace.another(ADDRESSES.incrementAndGet() % 100);
            NetworkCast cast = healthy(place, prefix, address);
            cast.inside(List.of("ip", "route", "add", kind, address), List.of("ip", "route", "del", kind, address));
            return cast;
        };
    }

    /**
     * The same for several backends in one pool, of which none is asked after the others.
     *
     * @param each of this class
     */
    static Staging toAll(int backends, Staging each, String... options) {
        return (place, prefix) -> {
            List<NetworkCast> casts = new ArrayList<>();
            for (int i = 1; i <= backends; i++) {
                casts.add((NetworkCast) each.stage(place, prefix + "-" + i));
            }
            List<Member> members = casts.stream()
                    .map(cast -> new Member(cast.backend.url(), false))
                    .toList();
            List<Pool> pool = List.of(new Pool(prefix + Pool.ALONE, members, List.of(options)));
            NetworkCast all = new NetworkCast(casts.getFirst().backend, pool, place.requiredNamespace());
            for (NetworkCast cast : casts) {
                all.undo.addAll(cast.undo);
                all.undo.add(cast.backend::heal);
                all.others.add(cast.backend);
            }
            return all;
        };
    }

    /** Where no route leads. */
    static Staging elsewhere() {
        return (place, prefix) -> {
            Namespace namespace = place.requiredNamespace();
            String address = namespace.elsewhere(ADDRESSES.incrementAndGet() % 100);
            NetworkCast cast = healthy(place, prefix, address);
            cast.undo.add(() -> namespace.inside("ip", "route", "add", address, "via", namespace.gateway()));
            return cast;
        };
    }

    /** Slow, so that connections to it are in use for a while. */
    static Staging ports() {
        return (place, prefix) -> {
            Settings settings =
                    place.settings().withPace(place.settings().pace().withSlow(Duration.ofSeconds(4)));
            FaultServer slow = FaultServer.start(Faults.get("slow-response"), settings);
            return of(slow, place, prefix, List.of("timeouts: { connect: 1s, response-head: 20s, queue: 300ms }"));
        };
    }

    /** Healthy until {@link #forget}. */
    static Staging forgetful() {
        return (place, prefix) -> healthy(
                place,
                prefix,
                place.backendHost(),
                List.of(
                        "connections: { idle: 30s }",
                        "timeouts: { connect: 1s, response-head: 11s, body-idle: 2s, queue: 300ms }"));
    }

    private static NetworkCast healthy(Place place, String prefix, String address) throws IOException {
        return healthy(place, prefix, address, List.of());
    }

    private static NetworkCast healthy(Place place, String prefix, String address, List<String> options)
            throws IOException {
        FaultServer backend =
                FaultServer.start(Faults.healthy(), place.settings().withHost(address));
        return of(backend, place, prefix, options);
    }

    FaultServer backend() {
        return backend;
    }

    /** From now on nothing passes that belongs to the connections that are open now. */
    void forget(List<Integer> localPorts) {
        String port = Integer.toString(backend.port());
        for (int local : localPorts) {
            forward(List.of("--sport", Integer.toString(local), "--dport", port, "-j", "DROP"));
        }
    }

    /** Sets something that {@link #heal} sets back. */
    void sysctl(String name, String value, String before) {
        inside(List.of("sysctl", "-q", "-w", name + "=" + value), List.of("sysctl", "-q", "-w", name + "=" + before));
    }

    private void forward(List<String> rule) {
        namespace.forward("-A", rule);
        undo.add(() -> namespace.forward("-D", rule));
    }

    private void inside(List<String> command, List<String> reverse) {
        namespace.inside(command.toArray(String[]::new));
        undo.add(() -> namespace.inside(reverse.toArray(String[]::new)));
    }

    @Override
    public List<Pool> pools() {
        return pools;
    }

    @Override
    public void heal() {
        undo.forEach(Runnable::run);
        undo.clear();
        namespace.awaitConnection(backend.host(), backend.port());
        backend.heal();
    }

    @Override
    public Wanted well() {
        return Wanted.greeting(backend.fault().id());
    }

    /** What was set in the namespace goes with it. */
    @Override
    public void close() {
        backend.close();
        others.forEach(FaultServer::close);
    }
}
