package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import dev.weir.loadtest.faults.Settings;
import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Pressure;
import dev.weir.loadtest.process.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One scenario's nodes, backends, clients and watchers, and what they find. For one thread. */
final class Lab implements AutoCloseable {
    static final Set<Integer> ALL = Set.copyOf(Network.NUMBERS);

    private static final Duration MEET = Duration.ofSeconds(60);
    private static final Duration CONVERGE = Duration.ofSeconds(10);
    private static final Duration STAYS = Duration.ofSeconds(5);
    private static final Duration NOTICE = Duration.ofSeconds(2);
    private static final Duration TELL = Duration.ofSeconds(2);
    private static final Duration SPLIT = Duration.ofSeconds(1);
    private static final double SPIN = 0.5;
    /** From the last start of a process: to load classes, and to compile what is used most. */
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    private static final Duration WARM = Duration.ofSeconds(10);

    private final Network network;
    private final Sandbox sandbox;
    private final List<Node> nodes;
    private final List<FaultServer> backends = new ArrayList<>();
    private final Traffic traffic = new Traffic();
    private final Observer observer;
    private final ThreadWatch threads;
    private final LoopWatch loops = new LoopWatch();
    private final Checks checks = new Checks();
    private final Map<Integer, Long> goneNanos = new HashMap<>();
    private final Map<Integer, Long> readyNanos = new HashMap<>();
    private final Optional<Pressure> pressure = Pressure.now();
    private long beginNanos = System.nanoTime();

    Lab(Network network, Path jar, Sandbox sandbox) {
        this.network = network;
        this.sandbox = sandbox;
        this.nodes = Network.NUMBERS.stream()
                .map(number -> new Node(number, network, jar, sandbox))
                .toList();
        this.observer = new Observer(() -> Observer.look(nodes));
        this.threads = new ThreadWatch(this::processes, ThreadWatch.WINDOW);
        try {
            for (int number : Network.NUMBERS) {
                Settings settings = Settings.DEFAULT
                        .withHost(Network.backendAddress(number - 1))
                        .withPort(Node.BACKEND_PORT);
                backends.add(FaultServer.start(Faults.healthy(), settings));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a backend", e);
        }
        observer.start();
        threads.start();
    }

    Network network() {
        return network;
    }

    Checks checks() {
        return checks;
    }

    private Node node(int number) {
        return nodes.get(number - 1);
    }

    private List<ThreadWatch.Watched> processes() {
        List<ThreadWatch.Watched> running = new ArrayList<>();
        for (Node node : nodes) {
            Node.Life life = node.life();
            if (life != null) {
                running.add(new ThreadWatch.Watched(node.name(), life.process().pid(), life.sinceNanos()));
            }
        }
        return running;
    }

    static long now() {
        return System.nanoTime();
    }

    static void pass(Duration time) {
        long end = now() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - now()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new MeasurementException("interrupted");
            }
            LockSupport.parkNanos(left);
        }
    }

    /** Waits until so long after a moment. */
    static void passUntil(long nanos, Duration after) {
        pass(Duration.ofNanos(Math.max(0, nanos + after.toNanos() - now())));
    }

    // Nodes come and go

    /** Starts all, node 1 first, so that it is the oldest; returns when they have met, and are warm. */
    void startAll() {
        node(1).start();
        node(1).awaitReady();
        if (!Deadline.await(MEET, node(1)::isLinked)) {
            throw new MeasurementException("node-1 forms no cluster: " + sandbox.lastWordsOf(node(1).name()));
        }
        node(2).start();
        node(3).start();
        long started = now();
        for (Node node : nodes) {
            node.awaitReady();
            traffic.begin(node.number());
        }
        if (observer.await(sample -> sample.isOneMind(ALL, Set.of()), started, MEET, Duration.ZERO)
                .isEmpty()) {
            throw new MeasurementException("the nodes do not meet: " + lastDisagreement(ALL, Set.of()));
        }
        passUntil(started, WARM_UP);
        nodes.forEach(node -> readyNanos.put(node.number(), now()));
        nodes.forEach(loops::begin);
        beginNanos = now();
    }

    /** Starts nodes at the same instant, and their clients once they are ready. Returns when that was. */
    long start(Integer... numbers) {
        List<Node> starting = Stream.of(numbers).map(this::node).toList();
        starting.forEach(Node::start);
        for (Node node : starting) {
            node.awaitReady();
            readyNanos.put(node.number(), now());
            traffic.begin(node.number());
        }
        return now();
    }

    /** Goes on until those that were started last are warm, and a while longer, so that their threads and loops are watched, too. */
    void goOnWarm() {
        for (Node node : nodes) {
            Node.Life life = node.life();
            if (life != null && !loops.isWatching(node)) {
                passUntil(life.sinceNanos(), WARM_UP);
                loops.begin(node);
            }
        }
        pass(WARM);
    }

    void kill(int number) {
        loops.end(node(number));
        goneNanos.put(number, now());
        readyNanos.remove(number);
        node(number).kill();
    }

    /** Of one that was killed. Returns when it was ready. */
    long startAgain(int number) {
        node(number).start();
        node(number).awaitReady();
        readyNanos.put(number, now());
        return back(number);
    }

    void stop(int number) {
        goneNanos.put(number, now());
        node(number).stop();
    }

    /** Of one that was stopped. */
    long goOn(int number) {
        node(number).goOn();
        return back(number);
    }

    private long back(int number) {
        long now = now();
        Long gone = goneNanos.remove(number);
        traffic.excuse(number, gone == null ? now : gone, now);
        return now;
    }

    /** Once it is well again: its loops have to have noticed their own stop, which does not count against them. */
    void forgiveStop(int number) {
        String wrong = loops.forgiveStop(node(number));
        checks.add(
                "its stop is its own",
                "each of its event loops counts it once",
                wrong == null ? "each does" : wrong,
                wrong == null);
    }

    void give(int number, Directive directive) {
        node(number).direct(directive);
    }

    static Set<String> words(Directive... directives) {
        return Stream.of(directives).map(Directive::words).collect(Collectors.toCollection(TreeSet::new));
    }

    // What has to come true

    /** All of these see each other, agree, and obey these directives, soon and for good. */
    void converge(String name, long sinceNanos, Set<Integer> who, Set<String> directives) {
        Optional<Duration> took =
                observer.await(sample -> sample.isOneMind(who, directives), sinceNanos, CONVERGE, STAYS);
        String bound =
                "all see all, obey the same and find backends alike within " + seconds(CONVERGE) + ", and stay so";
        String figure = took.map(Lab::seconds).orElseGet(() -> "no: " + lastDisagreement(who, directives));
        checks.add(name, bound, figure, took.isPresent());
    }

    private String lastDisagreement(Set<Integer> who, Set<String> directives) {
        return observer.since(beginNanos).reversed().stream()
                .map(sample -> sample.disagreement(who, directives))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("they did not stay so");
    }

    /** These obey these directives soon. */
    void obey(String name, Map<Integer, Set<String>> wanted, Duration limit) {
        Optional<Duration> took = observer.await(
                sample -> wanted.entrySet().stream()
                        .allMatch(each -> view(sample, each.getKey(), view -> view.obeys(each.getValue()))),
                now(),
                limit,
                Duration.ZERO);
        String figure = took.map(Lab::seconds).orElseGet(() -> "no: " + disobedience(wanted));
        checks.add(name, "within " + seconds(limit), figure, took.isPresent());
    }

    private String disobedience(Map<Integer, Set<String>> wanted) {
        List<Sample> all = observer.since(beginNanos);
        return wanted.entrySet().stream()
                .filter(each ->
                        all.isEmpty() || !view(all.getLast(), each.getKey(), view -> view.obeys(each.getValue())))
                .map(each -> "node-" + each.getKey() + " is not seen to obey " + each.getValue())
                .findFirst()
                .orElse("it came too late");
    }

    void allObey(String name, Directive... wanted) {
        Set<String> words = words(wanted);
        obey(name, ALL.stream().collect(Collectors.toMap(node -> node, node -> words)), TELL);
    }

    /** The others miss a node, and it them, if it can. */
    void noticed(int victim, long sinceNanos) {
        Optional<Duration> took = observer.await(
                sample -> sample.views().entrySet().stream()
                        .allMatch(each -> each.getKey() == victim
                                ? each.getValue().fresh().size() == 1
                                : !each.getValue().fresh().contains(node(victim).name())),
                sinceNanos,
                NOTICE,
                Duration.ZERO);
        checks.add(
                "noticed on both sides",
                "within " + seconds(NOTICE),
                took.map(Lab::seconds).orElse("no"),
                took.isPresent());
    }

    private static boolean view(Sample sample, int node, Predicate<NodeView> condition) {
        NodeView view = sample.views().get(node);
        return view != null && condition.test(view);
    }

    /** The nodes but one did not fall apart. One that is late for a moment, as on a busy machine, is no split. */
    void survivorsStayTogether(int victim, long sinceNanos) {
        Set<String> names = nodes.stream()
                .filter(node -> node.number() != victim)
                .map(Node::name)
                .collect(Collectors.toSet());
        Duration apart = longestSpan(
                observer.since(sinceNanos),
                sample -> sample.views().entrySet().stream()
                        .allMatch(each -> each.getKey() == victim
                                || each.getValue().fresh().containsAll(names)));
        checks.add(
                "the others keep each other",
                "out of sight for less than " + seconds(SPLIT),
                apart.isZero() ? "in every look" : "out of sight for " + seconds(apart) + " at most",
                apart.compareTo(SPLIT) < 0);
    }

    /** The longest time for which something was not so: from the first look in which it was not, to the next in which it was. */
    static Duration longestSpan(List<Sample> samples, Predicate<Sample> isSo) {
        long longest = 0;
        Sample first = null;
        for (Sample sample : samples) {
            if (first != null) {
                longest = Math.max(longest, sample.toNanos() - first.fromNanos());
            }
            if (isSo.test(sample)) {
                first = null;
            } else if (first == null) {
                first = sample;
            }
        }
        return Duration.ofNanos(longest);
    }

    /** How often all saw all, for information. */
    String togetherness(long sinceNanos) {
        List<Sample> all = observer.since(sinceNanos);
        long together = all.stream()
                .filter(sample -> sample.views().size() == Network.NODES
                        && sample.views().values().stream()
                                .allMatch(view -> view.fresh().size() == Network.NODES))
                .count();
        return share(together, all.size());
    }

    private static String share(long part, long whole) {
        return part + " of " + whole + " looks";
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toNanos() / 1e9);
    }

    // The end

    /** Ends the traffic, and judges what has to hold in every scenario. */
    void finish() {
        traffic.close();
        nodes.stream().filter(Node::isUp).forEach(loops::end);
        threads.close();
        observer.close();
        judgeAnswers();
        judgeLoops();
        judgeThreads();
        judgeReadiness();
        judgeBackends();
        judgeLogs();
        pressure.flatMap(before -> Pressure.now().map(after -> after.shareSince(before)))
                .ifPresent(share -> checks.add(
                        "the machine",
                        "for information",
                        "in " + Math.round(100 * share) + " % of the time somebody waited for a core",
                        true));
    }

    private void judgeAnswers() {
        List<Traffic.Failure> failures = traffic.failures();
        long excused = traffic.excused().size();
        String figure = String.format(
                Locale.ROOT,
                "%d of %d are not, the slowest took %.2f s or less%s%s",
                failures.size(),
                traffic.good() + failures.size(),
                traffic.slowestSeconds(),
                excused == 0
                        ? ""
                        : "; " + excused + " more at the node that was not there: " + kinds(traffic.excused()),
                failures.isEmpty() ? "" : ": " + kinds(failures));
        checks.add("answers", "every one a backend's 200", figure, failures.isEmpty() && traffic.good() > 0);
    }

    private static String kinds(List<Traffic.Failure> failures) {
        return failures.stream()
                .collect(Collectors.groupingBy(Traffic.Failure::what, Collectors.counting()))
                .entrySet()
                .stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(3)
                .map(each -> each.getValue() + " x " + each.getKey())
                .collect(Collectors.joining(", "));
    }

    private void judgeLoops() {
        LoopWatch.Counts counts = loops.sum();
        checks.add(
                "event loops",
                "none stands still for more than 0.5 s",
                counts.stalls() + " do; " + counts.all() + " pauses of 0.1 s and more",
                counts.stalls() == 0 && counts.loops() > 0);
    }

    private void judgeThreads() {
        ThreadWatch.Busiest busiest = threads.busiest();
        checks.add(
                "threads",
                "none uses " + Math.round(SPIN * 100) + " % of a core for " + seconds(ThreadWatch.WINDOW),
                busiest == null ? "none seen" : Math.round(busiest.share() * 100) + " % at most: " + busiest.name(),
                busiest != null && busiest.share() < SPIN);
    }

    private void judgeReadiness() {
        long looks = 0;
        long wrong = 0;
        for (Sample sample : observer.since(beginNanos)) {
            for (Map.Entry<Integer, NodeView> each : sample.views().entrySet()) {
                Long ready = readyNanos.get(each.getKey());
                if (ready != null && sample.fromNanos() - ready >= 0) {
                    looks++;
                    wrong += each.getValue().ready() ? 0 : 1;
                }
            }
        }
        checks.add("readiness", "every node in every look", share(looks - wrong, looks), wrong == 0 && looks > 0);
    }

    private void judgeBackends() {
        Set<String> bad = new TreeSet<>();
        for (Sample sample : observer.since(beginNanos)) {
            sample.views()
                    .forEach((node, view) -> view.backends().forEach((backend, state) -> {
                        if (state.startsWith("down") || state.contains("ejected")) {
                            bad.add("node-" + node + " " + backend + ": " + state);
                        }
                    }));
        }
        checks.add(
                "backends",
                "none is thought down or ejected by any node",
                bad.isEmpty() ? "none is" : String.join("; ", bad),
                bad.isEmpty());
    }

    private void judgeLogs() {
        List<String> bugs = nodes.stream().flatMap(node -> node.bugs().stream()).toList();
        checks.add(
                "logs",
                "no error, no exception",
                bugs.isEmpty() ? "none" : bugs.size() + " lines, such as " + bugs.getFirst(),
                bugs.isEmpty());
    }

    @Override
    public void close() {
        traffic.close();
        observer.close();
        threads.close();
        nodes.forEach(Node::close);
        backends.forEach(FaultServer::close);
    }
}
