package dev.weir.balancer.top;

import dev.weir.balancer.top.Reading.BackendSeen;
import dev.weir.balancer.top.Reading.Bucket;
import dev.weir.balancer.top.Reading.PoolSeen;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What happened between two readings. Rates are per second and NaN where they are not known: in a first reading, of a backend
 * that is new, and after the balancer was started anew.
 */
final class Rates {
    private final double seconds;
    private final Map<String, PoolSeen> pools = new HashMap<>();
    private final Map<String, BackendSeen> backends = new HashMap<>();

    /** @param before null: there is none */
    Rates(@Nullable Reading before, Reading now) {
        seconds = before == null ? 0 : (now.nanos() - before.nanos()) / (double) TimeUnit.SECONDS.toNanos(1);
        if (before == null) {
            return;
        }
        for (PoolSeen pool : before.pools()) {
            pools.put(pool.name(), pool);
            pool.backends().forEach(backend -> backends.put(key(pool, backend), backend));
        }
    }

    double answered(PoolSeen pool, BackendSeen backend) {
        BackendSeen before = backends.get(key(pool, backend));
        return before == null ? Double.NaN : perSecond(before.answered(), backend.answered());
    }

    /** Attempts that failed. */
    double failed(PoolSeen pool, BackendSeen backend) {
        BackendSeen before = backends.get(key(pool, backend));
        return before == null ? Double.NaN : perSecond(before.failed(), backend.failed());
    }

    /** Requests of clients. */
    double requests(PoolSeen pool) {
        PoolSeen before = pools.get(pool.name());
        return before == null ? Double.NaN : perSecond(total(before.durations()), total(pool.durations()));
    }

    /** Requests that the balancer had to answer by itself. */
    double failed(PoolSeen pool) {
        PoolSeen before = pools.get(pool.name());
        return before == null ? Double.NaN : perSecond(before.failed(), pool.failed());
    }

    /** Requests that another attempt saved. */
    double saved(PoolSeen pool) {
        PoolSeen before = pools.get(pool.name());
        return before == null ? Double.NaN : perSecond(before.saved(), pool.saved());
    }

    private double perSecond(long before, long now) {
        return now < before || seconds <= 0 ? Double.NaN : (now - before) / seconds;
    }

    /**
     * Within which time that share of the requests between the readings ended: by the bucket that it falls into, and linearly
     * within, as Prometheus estimates it.
     *
     * @param share 0 to 1
     * @return in seconds; of the last bucket its lower bound; NaN: there were no requests
     */
    double quantile(PoolSeen pool, double share) {
        PoolSeen before = pools.get(pool.name());
        if (before == null || before.durations().size() != pool.durations().size()) {
            return Double.NaN;
        }
        long all = total(pool.durations()) - total(before.durations());
        double rank = all * share;
        double lower = 0;
        long below = 0;
        for (int i = 0; i < pool.durations().size() && all > 0; i++) {
            Bucket bucket = pool.durations().get(i);
            long count = bucket.count() - before.durations().get(i).count();
            if (below + count >= rank && count > 0) {
                boolean open = Double.isInfinite(bucket.upToSeconds());
                return open ? lower : lower + (bucket.upToSeconds() - lower) * (rank - below) / count;
            }
            below += count;
            lower = bucket.upToSeconds();
        }
        return Double.NaN;
    }

    private static long total(List<Bucket> buckets) {
        return buckets.stream().mapToLong(Bucket::count).sum();
    }

    private static String key(PoolSeen pool, BackendSeen backend) {
        return pool.name() + "\n" + backend.id();
    }
}
