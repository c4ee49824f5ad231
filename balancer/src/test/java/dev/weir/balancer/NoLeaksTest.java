package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NoLeaksTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @Test
    void aBufferThatIsNeverReleasedIsReportedWithThePlaceThatTouchedItLast() {
        leak();

        assertThat(leaksWithinDeadline()).singleElement().asString().contains("NoLeaksTest.leak");
    }

    private static void leak() {
        ByteBufAllocator.DEFAULT.directBuffer(16).writeByte(1);
    }

    private static List<String> leaksWithinDeadline() {
        List<String> leaks = new ArrayList<>();
        long start = System.nanoTime();
        while (leaks.isEmpty() && System.nanoTime() - start < DEADLINE.toNanos()) {
            NoLeaks.collectUnreachableBuffers();
            leaks.addAll(LeakDetector.takeLeaks());
        }
        return leaks;
    }
}
