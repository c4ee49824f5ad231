package dev.weir.loadtest.simulation;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Nodes and backends by discrete events in virtual time. Arrivals and the work that they bring depend on the seed alone, so that
 * all strategies meet the very same requests.
 */
final class Simulation {
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** That a digest travels. */
    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final Scenario scenario;
    private final SplittableRandom arrivals;
    private final SplittableRandom random;
    private final SplittableRandom phases;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Server[] servers;
    /** For each server how often the time of its next completion changed: what was planned before is void. */
    private final long[] plans;

    private final Node[] nodes;
    /** The sum of the traffic of all living nodes up to each one. */
    private final double[] trafficUpTo;

    private final Board board;
    private final long tickNanos;
    private Gauge gauge;
    private long now;
    private long order;
    private boolean silent;

    Simulation(Scenario scenario) {
        this.scenario = scenario;
        SplittableRandom seed = new SplittableRandom(scenario.seed());
        this.arrivals = seed.split();
        this.random = seed.split();
        this.phases = seed.split();
        this.servers = IntStream.range(0, scenario.backends())
                .mapToObj(i -> Server.of(scenario.discipline(), scenario.workers(), scenario.speed(i)))
                .toArray(Server[]::new);
        this.plans = new long[servers.length];
        int count = scenario.knowledge() == Knowledge.ONE_NODE ? 1 : scenario.nodes();
        this.nodes = IntStream.range(0, count)
                .mapToObj(i -> new Node(i, scenario, () -> now, random))
                .toArray(Node[]::new);
        this.trafficUpTo = new double[count];
        this.board = new Board(count, servers.length, scenario.tickMillis());
        this.tickNanos = TimeUnit.MILLISECONDS.toNanos(scenario.tickMillis());
        this.gauge = new Gauge(servers.length);
        begin();
    }

    private void begin() {
        shareTraffic();
        at(0, this::arrive);
        every(SAMPLE_NANOS, 0, () -> gauge.sample(servers));
        every(tickNanos, 0, () -> gauge.tick());
        for (int i = 0; i < nodes.length; i++) {
            int number = i;
            every(TimeUnit.MILLISECONDS.toNanos(100), 0, nodes[number]::tick);
            if (scenario.knowledge().talks()) {
                every(tickNanos, phases.nextLong(tickNanos), () -> speak(number));
                every(tickNanos, phases.nextLong(tickNanos), () -> listen(nodes[number]));
            }
        }
    }

    /** Goes on for so long, and tells of that time only. */
    Result run(double seconds) {
        gauge = new Gauge(servers.length);
        long end = now + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        while (events.element().at <= end) {
            Event event = events.remove();
            now = event.at;
            event.action.run();
        }
        now = end;
        return gauge.result(scenario);
    }

    /** A node is gone: no digest comes from it, its traffic goes to the others, and its requests are finished for nobody. */
    void kill(int node) {
        nodes[node].die();
        shareTraffic();
    }

    /** From now on no digest reaches anybody, and nodes are not even told that there are none. */
    void silence() {
        silent = true;
    }

    /** All nodes take a backend out for so long. */
    void eject(int backend, long nanos) {
        for (Node node : nodes) {
            node.eject(backend, now + nanos);
        }
    }

    /** Operators give a backend another weight on all nodes; 0: no traffic. */
    void weigh(int backend, int weight) {
        for (Node node : nodes) {
            node.weigh(backend, weight);
        }
    }

    Node node(int number) {
        return nodes[number];
    }

    /** Requests in flight at a backend. */
    int load(int backend) {
        return servers[backend].inFlight();
    }

    private void arrive() {
        Node node = choose();
        double work = scenario.work().draw(arrivals) * scenario.serviceMillis() * TimeUnit.MILLISECONDS.toNanos(1);
        int backend = node.pick();
        gauge.arrived(backend);
        servers[backend].add(new Request(node, now), work, now);
        plan(backend);
        at(now + Math.max(1, Math.round(exponential() / scenario.rate())), this::arrive);
    }

    private Node choose() {
        double point = arrivals.nextDouble() * trafficUpTo[nodes.length - 1];
        int chosen = 0;
        while (chosen < nodes.length - 1 && point >= trafficUpTo[chosen]) {
            chosen++;
        }
        return nodes[chosen];
    }

    private void shareTraffic() {
        double sum = 0;
        for (int i = 0; i < nodes.length; i++) {
            sum += nodes[i].alive() ? scenario.traffic(i) : 0;
            trafficUpTo[i] = sum;
        }
    }

    private void plan(int backend) {
        long plan = ++plans[backend];
        long at = servers[backend].nextNanos();
        if (at != Long.MAX_VALUE) {
            at(Math.max(now, at), () -> complete(backend, plan));
        }
    }

    private void complete(int backend, long plan) {
        if (plan != plans[backend]) {
            return;
        }
        Request done = servers[backend].complete(now);
        long latency = now - done.begunNanos();
        done.node().complete(backend, latency);
        gauge.completed(latency);
        plan(backend);
    }

    private void speak(int number) {
        if (nodes[number].alive() && !silent) {
            Digest digest = nodes[number].digest();
            at(now + DELAY_NANOS, () -> board.post(number, digest));
        }
    }

    private void listen(Node node) {
        if (!silent) {
            node.hear(board);
        }
    }

    private double exponential() {
        return -Math.log(1 - arrivals.nextDouble());
    }

    private void every(long nanos, long first, Runnable action) {
        at(first, () -> {
            action.run();
            every(nanos, now + nanos, action);
        });
    }

    private void at(long nanos, Runnable action) {
        events.add(new Event(nanos, order++, action));
    }
}
