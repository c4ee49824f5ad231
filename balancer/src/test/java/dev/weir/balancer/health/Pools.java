package dev.weir.balancer.health;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Pools whose picker is of no interest. */
final class Pools {
    private Pools() {}

    static BackendPool pool(int size, LongSupplier clock) {
        return pool(Collections.nCopies(size, 1), clock);
    }

    static BackendPool pool(List<Integer> weights, LongSupplier clock) {
        List<Backend> backends = new ArrayList<>();
        for (int weight : weights) {
            backends.add(backend(new Endpoint("127.0.0.1", 9_001 + backends.size()), weight, clock));
        }
        return of(backends, clock);
    }

    static BackendPool of(Endpoint endpoint, LongSupplier clock) {
        return of(List.of(backend(endpoint, 1, clock)), clock);
    }

    private static BackendPool of(List<Backend> backends, LongSupplier clock) {
        return new BackendPool("test", backends, new Eligibility.Rules(null, 0, 0), any -> Picker.EMPTY, clock);
    }

    private static Backend backend(Endpoint endpoint, int weight, LongSupplier clock) {
        return new Backend(endpoint, weight, 0, null, Map.of(), clock.getAsLong());
    }
}
