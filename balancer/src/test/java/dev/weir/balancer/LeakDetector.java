package dev.weir.balancer;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what Netty would only log: a buffer that was garbage collected before it was released. Netty makes one of these
 * for each type of resource, as told by the system property {@code io.netty.customResourceLeakDetector}.
 *
 * @param <T> the type of the resource
 */
public final class LeakDetector<T> extends ResourceLeakDetector<T> {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final AtomicBoolean TRACKED = new AtomicBoolean();

    /** The constructor that Netty calls. */
    public LeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** Netty logs an error where this older constructor is missing, though it prefers the other. */
    @SuppressWarnings("deprecation")
    public LeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
        super(resourceType, samplingInterval, maxActive);
    }

    /** Every leak that was found since the last call, with the places where the buffer was last touched. */
    static List<String> takeLeaks() {
        List<String> leaks = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            leaks.add(leak);
        }
        return leaks;
    }

    /** Whether any resource was handed out since the last call: if not, there is nothing new to be leaked. */
    static boolean takeTracked() {
        return TRACKED.getAndSet(false);
    }

    @Override
    public @Nullable ResourceLeakTracker<T> track(T resource) {
        TRACKED.set(true);
        return super.track(resource);
    }

    @Override
    public @Nullable ResourceLeakTracker<T> trackForcibly(T resource) {
        TRACKED.set(true);
        return super.trackForcibly(resource);
    }

    /** The report must reach the listener even where the level of the logger would suppress it. */
    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + " was never released; last touched at:" + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType + " was never released");
    }
}
