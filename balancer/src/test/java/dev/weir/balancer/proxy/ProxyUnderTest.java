package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.backend.RequestLimit;
import dev.weir.balancer.config.AccessLogConfig;
import dev.weir.balancer.config.Address;
import dev.weir.balancer.config.AdminConfig;
import dev.weir.balancer.config.BackendConfig;
import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.Cidr;
import dev.weir.balancer.config.ConnectionsConfig;
import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.config.DrainConfig;
import dev.weir.balancer.config.HalfClose;
import dev.weir.balancer.config.HealthConfig;
import dev.weir.balancer.config.HttpConfig;
import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.config.PassiveHealthConfig;
import dev.weir.balancer.config.PoolConfig;
import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.RouteConfig;
import dev.weir.balancer.config.StatusCodes;
import dev.weir.balancer.config.StatusSet;
import dev.weir.balancer.config.StrategyConfig;
import dev.weir.balancer.config.TimeoutsConfig;
import dev.weir.balancer.config.TransportChoice;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.node.Descriptors;
import dev.weir.balancer.node.DirectMemory;
import dev.weir.balancer.node.Pause;
import dev.weir.balancer.node.ThisNode;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A real data path on real sockets, in front of backends of the test's choice. Backends get their requests in turn, so that
 * a test can tell which one comes first.
 */
final class ProxyUnderTest implements AutoCloseable {
    /** Nothing more is to be had of addresses here. */
    private static final AddressWatch NOBODY = new AddressWatch() {
        @Override
        public void unreachable(Backend backend) {}

        @Override
        public void unreachable(Backend backend, Runnable answered) {
            answered.run();
        }

        @Override
        public void masked(Backend backend, InetSocketAddress failed, ProxyError error, InetSocketAddress accepted) {}
    };

    /**
     * By how much an event loop is late when it has stood still. More than in production: a machine under load keeps a
     * thread waiting for longer than 100 ms now and then, and nobody is blamed for what is found after a pause.
     */
    private static final Duration NOTICED = Duration.ofMillis(400);

    private final Vertx vertx;
    private final Proxy proxy;
    private final BackendPool pool;
    private final Metrics metrics;
    private final AccessLogWriter accessLog;
    private final Path accessLogFile;
    private final Queue<ProxyError> blamed;
    private final Descriptors descriptors = new Descriptors(1_024);
    private final AtomicLong reserved = new AtomicLong();
    private final DirectMemory memory = new DirectMemory(reserved::get, 1 << 20);
    private final Queue<Pause> pauses = new ConcurrentLinkedQueue<>();
    private final Complaints complaints = new Complaints();
    private final Dossiers dossiers = new Dossiers();

    /** What a test may want to be different. */
    static final class Setup {
        private final List<Integer> backendPorts;
        private final List<Cidr> trusted = new ArrayList<>();
        private final List<RouteConfig> routes = new ArrayList<>(List.of(new RouteConfig(List.of(), "/", "shop")));
        private StatusCodes statusCodes = StatusCodes.GATEWAY;
        private Duration requestHead = Duration.ofSeconds(5);
        private Duration clientBodyIdle = Duration.ofSeconds(5);
        private Duration keepAlive = Duration.ofSeconds(30);
        private int maxRequestLine = 8 * 1024;
        private int maxHead = 64 * 1024;
        private long maxBody;
        private int maxConnections = 1_000;
        private HalfClose halfClose = HalfClose.ANSWER;
        private Duration connect = Duration.ofSeconds(1);
        private Duration responseHead = Duration.ofSeconds(5);
        private Duration bodyIdle = Duration.ofSeconds(5);
        private Duration queue = Duration.ofSeconds(1);
        private Duration total = Duration.ZERO;
        private RetryConfig retry = new RetryConfig(3, 1, StatusSet.NONE, 64 * 1024, false);
        private int perBackend;
        private int maxRequests;
        private int queueSize = 1_024;
        private Duration idle = Duration.ofSeconds(30);
        private boolean preserveHost = true;
        private boolean loggedQuery = true;
        private int maxResponseHead = 64 * 1024;
        private boolean lenientLineEnds;
        private int eventLoops = 1;
        private Transport transport = Transport.NIO;
        private UnaryOperator<Picker> picker = UnaryOperator.identity();

        private Setup(int... ports) {
            backendPorts = Arrays.stream(ports).boxed().toList();
        }

        Setup statusCodes(StatusCodes value) {
            statusCodes = value;
            return this;
        }

        Setup trusting(String range) {
            trusted.add(Cidr.parse(range));
            return this;
        }

        Setup routes(RouteConfig... values) {
            routes.clear();
            routes.addAll(List.of(values));
            return this;
        }

        Setup requestHead(Duration value) {
            requestHead = value;
            return this;
        }

        Setup clientBodyIdle(Duration value) {
            clientBodyIdle = value;
            return this;
        }

        Setup keepAlive(Duration value) {
            keepAlive = value;
            return this;
        }

        Setup maxRequestLine(int value) {
            maxRequestLine = value;
            return this;
        }

        Setup maxHead(int value) {
            maxHead = value;
            return this;
        }

        Setup maxBody(long value) {
            maxBody = value;
            return this;
        }

        Setup maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        Setup halfClose(HalfClose value) {
            halfClose = value;
            return this;
        }

        Setup connect(Duration value) {
            connect = value;
            return this;
        }

        Setup responseHead(Duration value) {
            responseHead = value;
            return this;
        }

        Setup bodyIdle(Duration value) {
            bodyIdle = value;
            return this;
        }

        Setup queue(int size, Duration patience) {
            queueSize = size;
            queue = patience;
            return this;
        }

        Setup total(Duration value) {
            total = value;
            return this;
        }

        Setup retry(RetryConfig value) {
            retry = value;
            return this;
        }

        Setup perBackend(int value) {
            perBackend = value;
            return this;
        }

        Setup maxRequests(int value) {
            maxRequests = value;
            return this;
        }

        Setup idle(Duration value) {
            idle = value;
            return this;
        }

        Setup preserveHost(boolean value) {
            preserveHost = value;
            return this;
        }

        Setup loggedQuery(boolean value) {
            loggedQuery = value;
            return this;
        }

        Setup maxResponseHead(int value) {
            maxResponseHead = value;
            return this;
        }

        Setup lenientLineEnds() {
            lenientLineEnds = true;
            return this;
        }

        Setup eventLoops(int value) {
            eventLoops = value;
            return this;
        }

        Setup transport(Transport value) {
            transport = value;
            return this;
        }

        /** @param value makes a picker of the one that picks backends in turn */
        Setup picker(UnaryOperator<Picker> value) {
            picker = value;
            return this;
        }

        ProxyUnderTest start() {
            return new ProxyUnderTest(this);
        }

        private BalancerConfig config(Path accessLogFile) {
            List<BackendConfig> backends = backendPorts.stream()
                    .map(port -> new BackendConfig(new Address("127.0.0.1", port), 1, 0, null, Map.of()))
                    .toList();
            PoolConfig pool = new PoolConfig(
                    "shop",
                    new StrategyConfig("in-turn", new JsonObject()),
                    backends,
                    new HealthConfig(
                            null, new PassiveHealthConfig(0, Duration.ofSeconds(10), Duration.ofSeconds(300), 0.5)),
                    new TimeoutsConfig(connect, responseHead, bodyIdle, queue, total),
                    retry,
                    new ConnectionsConfig(perBackend, maxRequests, queueSize, idle),
                    Duration.ZERO,
                    0.5,
                    preserveHost,
                    maxResponseHead,
                    new HttpConfig(lenientLineEnds));
            return new BalancerConfig(
                    List.of(new ListenerConfig(
                            new Address("127.0.0.1", 0),
                            requestHead,
                            clientBodyIdle,
                            keepAlive,
                            maxRequestLine,
                            maxHead,
                            maxBody,
                            maxConnections,
                            halfClose)),
                    new AdminConfig(new Address("127.0.0.1", 0), List.of()),
                    new AccessLogConfig(accessLogFile.toString(), loggedQuery),
                    statusCodes,
                    TransportChoice.AUTO,
                    eventLoops,
                    null,
                    trusted,
                    new DnsConfig(List.of(), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(300)),
                    null,
                    new DrainConfig(Duration.ZERO, Duration.ofSeconds(5)),
                    routes,
                    Map.of("shop", pool));
        }
    }

    /** @param backendPorts on 127.0.0.1, in the order of their turns */
    static Setup before(int... backendPorts) {
        return new Setup(backendPorts);
    }

    private ProxyUnderTest(Setup setup) {
        try {
            accessLogFile = Files.createTempFile("weir-access", ".log");
            LongSupplier nanoClock = System::nanoTime;
            BalancerConfig config = setup.config(accessLogFile);
            vertx = Vertx.builder()
                    .with(new VertxOptions().setEventLoopPoolSize(setup.eventLoops))
                    .withTransport(setup.transport)
                    .build();
            metrics = new Metrics("test", nanoClock);
            List<Backend> backends = setup.backendPorts.stream()
                    .map(port -> new Backend(
                            new Endpoint("127.0.0.1", port),
                            1,
                            0,
                            null,
                            Map.of(),
                            new RequestLimit(setup.perBackend, setup.maxRequests),
                            nanoClock.getAsLong()))
                    .toList();
            pool = new BackendPool(
                    "shop",
                    backends,
                    new Eligibility.Rules(null, 0.5, 0),
                    eligibility -> setup.picker.apply(inTurn(eligibility)),
                    nanoClock);
            metrics.watch(pool);
            blamed = new ConcurrentLinkedQueue<>();
            accessLog = AccessLogWriter.open(config.accessLog(), System::currentTimeMillis, nanoClock);
            proxy = Proxy.start(
                            vertx,
                            config,
                            setup.eventLoops,
                            Map.of(
                                    "shop",
                                    new Proxy.Upstream(
                                            pool,
                                            (backend, error) -> blamed.add(error),
                                            () -> PoolFacts.unknown("shop"),
                                            NOBODY)),
                            metrics,
                            accessLog,
                            new Proxy.World(
                                    nanoClock,
                                    System::currentTimeMillis,
                                    RandomGenerator.of("SplittableRandom"),
                                    dossiers,
                                    new ThisNode(pauses::add, NOTICED.toNanos(), descriptors, memory),
                                    () -> 1))
                    .await(10, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Picker inTurn(Eligibility eligibility) {
        List<Backend> backends = eligibility.tiers().stream()
                .flatMap(tier -> tier.candidates().stream())
                .map(Candidate::backend)
                .toList();
        AtomicInteger turn = new AtomicInteger();
        return context -> {
            for (int i = 0; i < backends.size(); i++) {
                Backend backend = backends.get(turn.getAndIncrement() % backends.size());
                if (!context.tried(backend)) {
                    return backend;
                }
            }
            return backends.get(turn.getAndIncrement() % backends.size());
        };
    }

    int port() {
        return proxy.port(0);
    }

    Proxy proxy() {
        return proxy;
    }

    BackendPool pool() {
        return pool;
    }

    Backend backend(int index) {
        return pool.backends().get(index);
    }

    /** Failures that blamed a backend so far. */
    List<ProxyError> blamed() {
        return List.copyOf(blamed);
    }

    /** What is remembered; waits until there is so much. */
    List<Dossier> dossiers(int count) {
        return Await.until(
                () -> {
                    List<Dossier> all = dossiers.matching(any -> true);
                    return all.size() >= count ? all : null;
                },
                "there are " + count + " dossiers");
    }

    /** Of this node as the proxy sees it; nobody counts its other descriptors. */
    Descriptors descriptors() {
        return descriptors;
    }

    /** Of 1 MB; nothing is reserved of it. */
    DirectMemory memory() {
        return memory;
    }

    void reserve(long bytes) {
        reserved.set(bytes);
    }

    /** Pauses of event loops that were worth a line so far. */
    List<Pause> pauses() {
        return List.copyOf(pauses);
    }

    /** An event loop that carries all traffic, if there is one only. */
    void onEventLoop(Runnable task) {
        ((VertxInternal) vertx).eventLoopGroup().next().execute(task);
    }

    String metrics() {
        return metrics.scrape(null);
    }

    /**
     * The sum over all lines of a meter.
     *
     * @param labels that a line must have, such as {@code result="success"}
     */
    double metric(String name, String... labels) {
        return metrics()
                .lines()
                .filter(line ->
                        line.startsWith(name + "{") && Arrays.stream(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Waits until exactly so many requests wait for a backend to have room. */
    void awaitQueued(int count) {
        Await.untilTrue(() -> metric("weir_queued_requests") == count, count + " requests queue");
    }

    /** A client that has asked, and waits for its answer. */
    RawClient asking(String path) throws IOException {
        RawClient client = new RawClient(port());
        client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        return client;
    }

    /** Waits until nothing is under way any more. */
    void awaitQuiet() {
        Await.untilTrue(
                () -> pool.backends().stream()
                                .allMatch(backend -> backend.stats().inFlight() == 0)
                        && metric("weir_client_connections") == 0,
                "no attempt is under way and no client connected");
    }

    /** The access log's lines; waits until there are so many. */
    List<JsonObject> accessLog(int lines) {
        return Await.until(
                () -> {
                    List<JsonObject> written = accessLog();
                    return written.size() >= lines ? written : null;
                },
                "the access log has " + lines + " lines");
    }

    /** The access log's lines so far. */
    List<JsonObject> accessLog() {
        try (Stream<String> all = Files.lines(accessLogFile)) {
            return all.map(JsonObject::new).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every gauge must be back at 0 then, whatever the test did, and no error may have been logged unexpected. */
    @Override
    public void close() {
        vertx.close().await();
        complaints.close();
        assertThat(complaints.all()).as("errors that were logged").isEmpty();
        for (Backend backend : pool.backends()) {
            assertThat(backend.stats().inFlight()).as("attempts in flight").isZero();
            assertThat(backend.stats().connections())
                    .as("connections to backends")
                    .isZero();
            assertThat(backend.stats().waiting()).as("requests that wait").isZero();
        }
        descriptors.counted(0); // what a test said of others
        assertThat(descriptors.open()).as("descriptors of connections").isZero();
        assertThat(metric("weir_queued_requests")).as("queued requests").isZero();
        assertThat(metric("weir_client_connections")).as("client connections").isZero();
        accessLog.close();
        metrics.close();
        try {
            Files.deleteIfExists(accessLogFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
