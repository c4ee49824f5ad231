package dev.weir.loadtest.simulation;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Hearsay;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Preference;
import dev.weir.balancer.backend.SharedLoad;
import dev.weir.balancer.config.StrategyConfig;
import dev.weir.balancer.strategy.Strategies;
import dev.weir.balancer.strategy.Strategy;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One balancer node: the balancer's own pool, backends and strategy, with a virtual clock. */
final class Node {
    private static final Strategies STRATEGIES = new Strategies(Node.class.getClassLoader());
    private static final PickContext REQUEST = new Request();

    private final int number;
    private final int nodes;
    private final Knowledge knowledge;
    private final List<Backend> backends;
    private final Map<Backend, Integer> numbers = new HashMap<>();
    private final BackendPool pool;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    /** For {@link Knowledge#NAIVE}: the others' counts. */
    private final int[] heard;

    private boolean alive = true;

    Node(int number, Scenario scenario, LongSupplier nanoClock, RandomGenerator random) {
        this.number = number;
        this.nodes = scenario.nodes();
        this.knowledge = scenario.knowledge();
        this.nanoClock = nanoClock;
        this.random = random;
        this.backends = IntStream.range(0, scenario.backends())
                .mapToObj(i -> new Backend(endpoint(i), 1, 0, null, Map.of(), nanoClock.getAsLong()))
                .toList();
        this.heard = new int[backends.size()];
        for (Backend backend : backends) {
            numbers.put(backend, numbers.size());
        }
        StrategyConfig config = new StrategyConfig(scenario.strategy(), new JsonObject());
        Strategy strategy = STRATEGIES.make(config, "simulated", nanoClock, random);
        long slowStart = TimeUnit.MILLISECONDS.toNanos(scenario.slowStartMillis());
        this.pool = new BackendPool(
                "simulated", backends, new Eligibility.Rules(null, 0, slowStart), strategy::picker, nanoClock);
    }

    /** Whether there is a strategy of that name. */
    static boolean knows(String strategy) {
        return STRATEGIES.names().contains(strategy);
    }

    /** The names of all strategies. */
    static String strategies() {
        return String.join(", ", STRATEGIES.names());
    }

    private static Endpoint endpoint(int number) {
        return new Endpoint("10.0." + number / 250 + "." + number % 250, 8080);
    }

    /** @return the number of the backend that the next request goes to, with which it is in flight from now on */
    int pick() {
        int picked = knowledge == Knowledge.NAIVE
                ? leastOfAll()
                : number(Objects.requireNonNull(pool.snapshot().picker().pick(REQUEST), "a pool is never empty here"));
        backends.get(picked).stats().tryBegin(0);
        return picked;
    }

    /** A request has been answered. */
    void complete(int backend, long latencyNanos) {
        Backend done = backends.get(backend);
        done.stats().latency().add(latencyNanos, nanoClock.getAsLong());
        done.stats().response(200);
        done.stats().end();
    }

    private int leastOfAll() {
        int best = 0;
        int least = Integer.MAX_VALUE;
        int tied = 0;
        for (int i = 0; i < heard.length; i++) {
            int load = backends.get(i).stats().inFlight() + heard[i];
            tied = load < least ? 1 : load == least ? tied + 1 : tied;
            if (load < least || (load == least && random.nextInt(tied) == 0)) {
                best = i;
                least = load;
            }
        }
        return best;
    }

    Digest digest() {
        long now = nanoClock.getAsLong();
        return new Digest(
                now,
                backends.stream()
                        .mapToInt(backend -> backend.stats().inFlight())
                        .toArray(),
                backends.stream()
                        .mapToDouble(backend -> backend.stats().latency().micros(now))
                        .toArray());
    }

    /** Uses what the board says. */
    void hear(Board board) {
        long now = nanoClock.getAsLong();
        board.expire(now);
        long asOf = board.asOfNanos(number);
        if (knowledge == Knowledge.NAIVE) {
            for (int i = 0; i < heard.length; i++) {
                heard[i] = board.inFlight(number, i);
            }
        } else if (asOf == Long.MIN_VALUE) {
            pool.sharedLoad().alone();
        } else {
            Preference preference = Preference.of(number, nodes, TimeUnit.NANOSECONDS.toMillis(now));
            pool.sharedLoad().hear(new OnBoard(board), SharedLoad.Own.of(backends), preference, asOf, now);
        }
    }

    /** As the balancer's control context does. */
    void tick() {
        pool.tick();
    }

    void eject(int backend, long untilNanos) {
        pool.eject(backends.get(backend), untilNanos);
    }

    void weigh(int backend, int weight) {
        pool.weight(backends.get(backend), weight);
    }

    void die() {
        alive = false;
    }

    boolean alive() {
        return alive;
    }

    /** What it takes the others to have in flight at a backend. */
    double others(int backend) {
        Hearsay hearsay = backends.get(backend).others().hearsay();
        return hearsay == null
                ? 0
                : hearsay.trust(nanoClock.getAsLong())
                        * backends.get(backend).others().inFlight();
    }

    private int number(Backend backend) {
        return Objects.requireNonNull(numbers.get(backend));
    }

    private final class OnBoard implements SharedLoad.Others {
        private final Board board;

        OnBoard(Board board) {
            this.board = board;
        }

        @Override
        public int inFlight(int backend) {
            return board.inFlight(number, backend);
        }

        @Override
        public double latencyMicros(int backend) {
            return board.micros(number, backend);
        }
    }

    /** A request like any other, never tried before. */
    private static final class Request implements PickContext {
        @Override
        public int attempt() {
            return 0;
        }

        @Override
        public boolean tried(Backend backend) {
            return false;
        }

        @Override
        public CharSequence clientAddress() {
            return "192.0.2.1";
        }

        @Override
        public CharSequence target() {
            return "/";
        }

        @Override
        public @Nullable CharSequence header(CharSequence name) {
            return null;
        }

        @Override
        public void setCookie(String value) {}
    }
}
