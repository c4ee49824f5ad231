package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaves a buffer unreleased. JUnit finds it by itself and applies it to every test class. */
public final class NoLeaks implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        collectUnreachableBuffers();
        assertThat(LeakDetector.takeLeaks()).as("buffers that leaked").isEmpty();
    }

    /** Netty looks for leaks only when it hands out the next buffer, and only among what was collected by then. */
    static void collectUnreachableBuffers() {
        System.gc();
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
}
