package dev.weir.balancer.top;

import dev.weir.balancer.top.Reading.BackendSeen;
import dev.weir.balancer.top.Reading.PoolSeen;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** In which order the backends of a pool come; those that are equal, as they are configured. */
public enum Order {
    /** What needs attention first. */
    TROUBLE,
    NAME,
    REQUESTS,
    IN_FLIGHT,
    LATENCY,
    FAILURES;

    /** As operators write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All of them. */
    public static String words() {
        return Arrays.stream(values()).map(Order::word).collect(Collectors.joining(", "));
    }

    /** @throws IllegalArgumentException with a message for users */
    public static Order parse(String word) {
        return Arrays.stream(values())
                .filter(order -> order.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("\"" + word + "\" is no order; expected one of " + words()));
    }

    Order next() {
        List<Order> all = List.of(values());
        return all.get((all.indexOf(this) + 1) % all.size());
    }

    List<BackendSeen> sorted(PoolSeen pool, Rates rates) {
        Comparator<BackendSeen> comparator = switch (this) {
            case TROUBLE -> Comparator.comparing(BackendSeen::trouble).reversed();
            case NAME -> Comparator.comparing(BackendSeen::id);
            case REQUESTS -> most(backend -> rates.answered(pool, backend));
            case IN_FLIGHT -> most(BackendSeen::inFlight);
            case LATENCY -> most(BackendSeen::latencyMicros);
            case FAILURES -> most(backend -> rates.failed(pool, backend));
        };
        return pool.backends().stream().sorted(comparator).toList();
    }

    private static Comparator<BackendSeen> most(ToDoubleFunction<BackendSeen> figure) {
        return Comparator.comparingDouble((BackendSeen backend) -> {
            double value = figure.applyAsDouble(backend);
            return Double.isNaN(value) ? 0 : -value;
        });
    }
}
