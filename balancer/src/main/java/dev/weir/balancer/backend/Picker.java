package dev.weir.balancer.backend;

import org.jspecify.annotations.Nullable;

/**
 * Picks a backend for one attempt. Bound to an immutable set of backends; may hold counters.
 *
 * <p>Event loops call it concurrently and for every attempt: it neither blocks, locks nor allocates.
 */
@FunctionalInterface
public interface Picker {
    /** Picks from nothing. */
    Picker EMPTY = context -> null;

    /**
     * @return a backend that was not {@linkplain PickContext#tried tried} as long as there is one, else any; null only if
     *     there is none at all
     */
    @Nullable
    Backend pick(PickContext context);
}
