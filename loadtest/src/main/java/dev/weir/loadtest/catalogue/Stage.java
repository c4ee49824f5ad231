package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.catalogue.Case.Moment;
import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Two balancer processes, one for each setting of {@code status-codes}, with the backends of all scenes behind both; and the
 * peers, with backends of their own.
 */
final class Stage implements AutoCloseable {
    /** More at a time would keep two cores so busy that short time limits expire for that. */
    private static final int AT_A_TIME = 16;

    private static final String WARM_UP = "warm-up";
    private static final Duration SCENE = Duration.ofSeconds(60);

    /** Enough for a proxy of this size; what it would take beyond that, it has leaked. */
    private static final List<String> JAVA_OPTIONS = List.of(
            "-Xmx192m",
            "-XX:MaxDirectMemorySize=96m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dio.netty.leakDetection.level=paranoid",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Sandbox sandbox;
    private final List<Scene> scenes;
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final Map<Scene, SceneResult> results = new LinkedHashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private final Set set;

    /** The two balancers with what each has behind it. */
    private record Set(Balancer gateway, Balancer rfc9209, Company gatewayCompany, Company rfc9209Company) {}

    /** Where a proxy is, and its backends. */
    private record Company(Place place, Map<Scene, Cast> casts) {
        List<Pool> pools() {
            return casts.values().stream()
                    .flatMap(cast -> cast.pools().stream())
                    .toList();
        }
    }

    private Stage(Sandbox sandbox, String name, Path jar, List<Scene> scenes, @Nullable Namespace namespace)
            throws IOException {
        this.sandbox = sandbox;
        this.scenes = scenes;
        List<Integer> ports = FreePorts.takeLasting(6);
        Place.Ports first = new Place.Ports(ports.get(0), ports.get(1), ports.get(2), ports.get(3), ports.get(5));
        Place.Ports second = new Place.Ports(ports.get(3), ports.get(4), ports.get(5), ports.get(0), ports.get(2));
        try {
            Company one = company(scenes, first, namespace);
            Company two = company(scenes, second, namespace);
            List<Path> classPath = classPath(jar, one);
            set = new Set(
                    start(name + "-gateway", classPath, one, false),
                    start(name + "-rfc9209", classPath, two, true),
                    one,
                    two);
            set.gateway().awaitReady();
            set.rfc9209().awaitReady();
            warmUp(set.gateway());
            warmUp(set.rfc9209());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** @param namespace that everything but the backends is in; null: the loopback interface */
    static Stage open(Sandbox sandbox, String name, Path jar, List<Scene> scenes, @Nullable Namespace namespace) {
        try {
            return new Stage(sandbox, name, jar, scenes, namespace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Company company(List<Scene> played, Place.Ports ports, @Nullable Namespace namespace) throws IOException {
        Place place = namespace == null ? Place.onLoopback(ports) : Place.in(namespace, ports);
        resources.add(place);
        Map<Scene, Cast> casts = new LinkedHashMap<>();
        for (Scene scene : played) {
            Cast cast = scene.play().staging().stage(place, scene.prefix());
            resources.add(cast);
            casts.put(scene, cast);
        }
        return new Company(place, casts);
    }

    private List<Path> classPath(Path jar, Company company) {
        boolean plugin =
                company.pools().stream().anyMatch(pool -> pool.options().contains(Plugin.OPTION));
        return plugin ? List.of(jar, Plugin.compile(sandbox, jar)) : List.of(jar);
    }

    private Balancer start(String name, List<Path> classPath, Company company, boolean rfc9209) {
        Place place = company.place();
        WeirConfiguration configuration = new WeirConfiguration(
                rfc9209,
                place.proxyHost(),
                place.ports().traffic(),
                place.ports().narrow(),
                place.ports().admin(),
                sandbox.directory().resolve(name + "-access.log"),
                place.resolver().address().getAddress().getHostAddress() + ":"
                        + place.resolver().port(),
                company.pools());
        Balancer balancer = Balancer.start(sandbox, name, classPath, place.entrance(), JAVA_OPTIONS, configuration);
        resources.add(balancer);
        return balancer;
    }

    // ---- playing

    /** Plays everything; then the balancers must have let go of all that they had, and end as they should. */
    void play() {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            playAll(threads, scenes(Moment.TOGETHER));
        }
        scenes(Moment.UNDISTURBED).forEach(this::playUndisturbed);
        settle(Settling::of);
        scenes(Moment.LAST).forEach(this::playUndisturbed);
        settle(Settling::atTheEndOf);
    }

    private List<Scene> scenes(Moment moment) {
        return scenes.stream().filter(scene -> scene.play().moment() == moment).toList();
    }

    /** The first requests of a JVM take longer than some time limits are. */
    private static void warmUp(Balancer balancer) {
        try (Visitor visitor = new Visitor(balancer.traffic(), WARM_UP)) {
            for (int i = 0; i < 100; i++) {
                visitor.send(i % 2 == 0 ? Request.GET : Request.POST);
            }
        } catch (IOException e) {
            throw new MeasurementException(balancer.name() + " does not serve a healthy backend: " + e, e);
        }
    }

    private record Pair(Scene scene, Act gateway, Future<?> first, Act rfc9209, Future<?> second) {}

    private void playAll(ExecutorService threads, List<Scene> together) {
        List<Pair> pairs = new ArrayList<>();
        for (Scene scene : together) {
            Act gateway = act(scene, set.gateway(), set.gatewayCompany());
            Act rfc9209 = act(scene, set.rfc9209(), set.rfc9209Company());
            pairs.add(new Pair(
                    scene,
                    gateway,
                    threads.submit(() -> playOn(gateway)),
                    rfc9209,
                    threads.submit(() -> playOn(rfc9209))));
        }
        for (Pair pair : pairs) {
            await(pair.gateway(), pair.first());
            await(pair.rfc9209(), pair.second());
            results.put(pair.scene(), SceneResult.of(pair.scene(), pair.gateway(), pair.rfc9209()));
        }
    }

    /** The two balancers share a network namespace, but no process. */
    private void playUndisturbed(Scene scene) {
        try (ExecutorService threads = Executors.newFixedThreadPool(scene.play().namespace() ? 1 : 2)) {
            playAll(threads, List.of(scene));
        }
    }

    private static Act act(Scene scene, Balancer balancer, Company company) {
        Cast cast = company.casts().get(scene);
        if (cast == null) {
            throw new IllegalArgumentException("not staged: " + scene.name());
        }
        return new Act(scene.play(), company.place(), cast, balancer);
    }

    private static void playOn(Act act) {
        try {
            act.scene().play().run(act);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            act.wrong("interrupted");
        } catch (Exception e) {
            act.wrong("not played to its end: " + e);
        }
    }

    private static void await(Act act, Future<?> played) {
        try {
            played.get(SCENE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            played.cancel(true);
            act.wrong("hangs: not over after " + SCENE.toSeconds() + " s");
        } catch (ExecutionException e) {
            act.wrong("not played to its end: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    private void settle(Function<Balancer, Settling> how) {
        List.of(set.gateway(), set.rfc9209()).parallelStream()
                .map(how)
                .forEachOrdered(settling -> complaints.addAll(settling.complaints()));
    }

    /** The same for the peers that are installed. */
    void playPeers(Tool tool, List<Integer> ports, @Nullable Namespace namespace) {
        List<Scene> played = scenes.stream()
                .filter(scene -> scene.play().peers() != Case.Peering.NONE)
                .toList();
        if (played.isEmpty()) {
            return;
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            Company company = company(played, new Place.Ports(ports.getFirst(), 0, 0, 0, 0), namespace);
            String name = "peer-" + tool.name().toLowerCase(java.util.Locale.ROOT) + (namespace == null ? "" : "-ns");
            Peer peer = Peers.start(
                    tool,
                    sandbox,
                    name,
                    company.place(),
                    List.copyOf(company.casts().values()));
            Map<Scene, Future<PeerFindings>> findings = new LinkedHashMap<>();
            company.casts()
                    .forEach((scene, cast) ->
                            findings.put(scene, threads.submit(() -> Peers.play(peer, scene.play(), cast))));
            findings.forEach((scene, future) -> {
                SceneResult result = results.get(scene);
                if (result != null) {
                    result.peers().put(peer.name(), findingsOf(future));
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PeerFindings findingsOf(Future<PeerFindings> future) {
        try {
            return future.get(SCENE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            future.cancel(true);
            return new PeerFindings("no result: " + e, "", "", "", "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    List<SceneResult> results() {
        return List.copyOf(results.values());
    }

    /** What is wrong with the processes as a whole, and, once this is closed, with what could not be closed. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Backends; the processes end with the sandbox. */
    @Override
    public void close() {
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                complaints.add("cannot close " + resource + ": " + e);
            }
        }
    }
}
