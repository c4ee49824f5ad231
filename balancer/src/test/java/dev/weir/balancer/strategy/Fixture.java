package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.backend.Preference;
import dev.weir.balancer.backend.SharedLoad;
import dev.weir.balancer.config.StrategyConfig;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Backends, pools and strategies for tests. */
final class Fixture {
    static final Strategies STRATEGIES = new Strategies(Fixture.class.getClassLoader());

    private Fixture() {}

    static Backend backend(int number) {
        return backend(number, 1, 0, null);
    }

    static Backend backend(int number, int weight, int priority, @Nullable String zone) {
        Endpoint endpoint = new Endpoint("10.0." + number / 250 + "." + number % 250, 8080);
        return new Backend(endpoint, weight, priority, zone, Map.of(), 0);
    }

    /** Backends number 0 and up, of these weights. */
    static List<Candidate> candidates(int... weights) {
        List<Candidate> candidates = new ArrayList<>();
        for (int weight : weights) {
            Backend backend = backend(candidates.size(), weight, 0, null);
            candidates.add(new Candidate(backend, weight * Candidate.SCALE));
        }
        return List.copyOf(candidates);
    }

    /** So many backends of weight 1. */
    static List<Candidate> equal(int count) {
        int[] weights = new int[count];
        Arrays.fill(weights, 1);
        return candidates(weights);
    }

    /** One tier, all healthy. */
    static Eligibility eligible(List<Candidate> candidates) {
        return new Eligibility(List.of(new Eligibility.Tier(0, 1, candidates, candidates, false, null)));
    }

    static Environment environment(RandomGenerator random) {
        return new Environment("shop", () -> 0, random, config -> make(config.name(), config.options(), random));
    }

    static Strategy make(String name, JsonObject options, RandomGenerator random) {
        return STRATEGIES.make(new StrategyConfig(name, options), "shop", () -> 0, random);
    }

    static Strategy make(String name) {
        return make(name, new JsonObject(), new SplittableRandom(12345));
    }

    static Picker picker(String name, List<Candidate> candidates) {
        return make(name).picker(eligible(candidates));
    }

    static Picker picker(String name, JsonObject options, List<Candidate> candidates) {
        return make(name, options, new SplittableRandom(12345)).picker(eligible(candidates));
    }

    /** How often each backend is picked; those that never are, are not in it. */
    static Map<Backend, Integer> counts(Picker picker, int picks, Supplier<? extends PickContext> requests) {
        Map<Backend, Integer> counts = new HashMap<>();
        for (int i = 0; i < picks; i++) {
            counts.merge(picker.pick(requests.get()), 1, Integer::sum);
        }
        return counts;
    }

    static Map<Backend, Integer> counts(Picker picker, int picks) {
        return counts(picker, picks, FakeRequest::new);
    }

    static void load(Backend backend, int inFlight) {
        while (backend.stats().inFlight() < inFlight) {
            backend.stats().tryBegin(0);
        }
        while (backend.stats().inFlight() > inFlight) {
            backend.stats().end();
        }
    }

    /**
     * Other nodes have this many requests in flight at the candidates, and have just said so; and they see a millisecond of latency
     * for each. This node has half of the traffic.
     */
    static void hear(List<Candidate> candidates, int... inFlight) {
        hear(candidates, Preference.of(0, 2, 0), inFlight);
    }

    /** The same, with a certain preference. */
    static void hear(List<Candidate> candidates, Preference preference, int... inFlight) {
        List<Backend> backends = candidates.stream().map(Candidate::backend).toList();
        int others = Arrays.stream(inFlight).sum();
        List<Integer> before =
                backends.stream().map(backend -> backend.stats().inFlight()).toList();
        load(backends.getFirst(), others);
        backends.stream().skip(1).forEach(backend -> load(backend, 0)); // for a share of a half
        SharedLoad shared = new BackendPool(
                        "shop", backends, new Eligibility.Rules(null, 0, 0), eligible -> Picker.EMPTY, () -> 0)
                .sharedLoad();
        SharedLoad.Others said = new SharedLoad.Others() {
            @Override
            public int inFlight(int backend) {
                return inFlight[backend];
            }

            @Override
            public double latencyMicros(int backend) {
                return 1_000.0 * inFlight(backend);
            }
        };
        SharedLoad.Own own = SharedLoad.Own.of(backends);
        shared.hear(said, own, preference, 0, -100_000_000);
        shared.hear(said, own, preference, 0, 0);
        for (int i = 0; i < backends.size(); i++) {
            load(backends.get(i), before.get(i));
        }
    }
}
