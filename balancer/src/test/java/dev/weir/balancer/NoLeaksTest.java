package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

final class NoLeaksTest {

    @Test
    void aBufferThatIsNeverReleasedIsReportedWithThePlaceThatTouchedItLast() throws InterruptedException {
        leak();

        assertThat(NoLeaks.leaks()).singleElement().asString().contains("NoLeaksTest.leak");
    }

    private static void leak() {
        ByteBufAllocator.DEFAULT.directBuffer(16).writeByte(1);
    }
}
