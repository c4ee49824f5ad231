package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaves a buffer unreleased. JUnit finds it by itself and applies it to every test class. */
public final class NoLeaks implements AfterAllCallback {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        assertThat(leaks()).as("buffers that leaked").isEmpty();
    }

    /** Every buffer that became unreachable without a release since the last call. */
    static List<String> leaks() throws InterruptedException {
        if (!LeakDetector.takeTracked()) { // collecting garbage twice takes longer than most tests of a class
            return List.of();
        }
        // References are enqueued batch by batch: once something of the second is, all of the first are.
        collectGarbage();
        collectGarbage();
        // Netty looks for leaks only when it hands out the next buffer.
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
        List<String> leaks = LeakDetector.takeLeaks();
        LeakDetector.takeTracked(); // the buffer above
        return leaks;
    }

    /** Returns as soon as at least one of the references to what was collected is in its queue. */
    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        Reference<Object> probe = new PhantomReference<>(new Object(), queue);
        System.gc();
        assertThat(queue.remove(DEADLINE.toMillis())).as("what was collected").isSameAs(probe);
    }
}
