package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.random.RandomGenerator;

/** {@code random}: each request for itself, by weight. Needs to know nothing, and so cannot be wrong about it. */
public final class WeightedRandom implements StrategyProvider {
    @Override
    public String name() {
        return "random";
    }

    @Override
    public Strategy create(JsonObject options, Environment environment) {
        new Options(options);
        return environment.perZone(candidates -> picker(candidates, environment.random()));
    }

    static Picker picker(List<Candidate> candidates, RandomGenerator random) {
        Weighted weighted = new Weighted(candidates);
        return context -> weighted.untried(weighted.draw(random), context, random);
    }
}
