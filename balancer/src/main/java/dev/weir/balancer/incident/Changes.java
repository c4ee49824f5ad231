package dev.weir.balancer.incident;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The newest changes of state, of the configuration and of the balancer itself. Thread-safe and lock-free. */
public final class Changes {
    private static final int KEPT = 512;
    private static final int TOLD = 8;

    /** What lies further back hardly explains a failure. */
    private static final long BEFORE_MILLIS = TimeUnit.MINUTES.toMillis(10);

    /** What takes a backend out of service may be heard of only after its first failures. */
    private static final long AFTER_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final Ring<Change> changes = new Ring<>(KEPT);
    private final LongSupplier epochMillis;

    /** @param epochMillis the wall clock; thread-safe */
    public Changes(LongSupplier epochMillis) {
        this.epochMillis = epochMillis;
    }

    /** The balancer itself changed: it started, or paused. */
    public void balancer(String text) {
        changes.add(new Change(epochMillis.getAsLong(), null, null, text));
    }

    /**
     * A backend changed.
     *
     * @param text a clause to follow its name, such as {@code came up}
     */
    public void backend(String pool, String backend, String text) {
        changes.add(new Change(epochMillis.getAsLong(), pool, backend, text));
    }

    /** A pool changed. */
    public void pool(String pool, String text) {
        changes.add(new Change(epochMillis.getAsLong(), pool, null, text));
    }

    /** Of a pool and of all pools, in the ten minutes before a moment; newest first, and not too many. */
    List<Change> before(@Nullable String pool, long millis) {
        return changes.newestFirst().stream()
                .filter(change -> concerns(change, pool))
                .filter(change -> change.epochMillis() <= millis && change.epochMillis() >= millis - BEFORE_MILLIS)
                .limit(TOLD)
                .toList();
    }

    /** Of one backend, in the half minute after a moment; oldest first. */
    List<Change> after(@Nullable String pool, String backend, long millis) {
        return changes.newestFirst().reversed().stream()
                .filter(change -> concerns(change, pool) && backend.equals(change.backend()))
                .filter(change -> change.epochMillis() > millis && change.epochMillis() <= millis + AFTER_MILLIS)
                .limit(TOLD)
                .toList();
    }

    private static boolean concerns(Change change, @Nullable String pool) {
        return change.pool() == null || change.pool().equals(pool);
    }
}
