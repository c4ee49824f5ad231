package dev.weir.balancer.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DirectMemoryTest {
    private static final long MB = 1 << 20;

    private long reserved;
    private final DirectMemory memory = new DirectMemory(() -> reserved, 100 * MB);

    @Test
    void whatTheAllocatorKeepsForLaterIsNoShortage() {
        reserved = 99 * MB;
        assertThat(memory.isTight()).isTrue();
        assertThat(memory.isShort()).isFalse();
    }

    @Test
    void whatWaitsInBuffersIsOneOnceNothingIsLeftToReserve() {
        memory.waiting(50 * MB);
        reserved = 89 * MB;
        assertThat(memory.isShort()).isFalse();
        reserved = 90 * MB;
        assertThat(memory.isShort()).isTrue();
        memory.waiting(-11 * MB);
        assertThat(memory.isShort()).isFalse();
    }

    @Test
    void anAllocationThatFailedIsAShortageForAWhile() {
        memory.ranOut();
        assertThat(memory.isShort()).isTrue();
        memory.forgive();
        assertThat(memory.isShort()).isFalse();
    }

    @Test
    void copiesAreGivenUpFirst() {
        reserved = 74 * MB;
        assertThat(memory.isTight()).isFalse();
        reserved = 75 * MB;
        assertThat(memory.isTight()).isTrue();
    }

    @Test
    void withoutAKnownLimitNothingIsEverShort() {
        DirectMemory unlimited = new DirectMemory(() -> Long.MAX_VALUE, 0);
        unlimited.waiting(Long.MAX_VALUE / 2);
        assertThat(unlimited.isTight()).isFalse();
        assertThat(unlimited.isShort()).isFalse();
    }

    @Test
    void theFiguresAreInMegabytes() {
        reserved = 90 * MB;
        memory.waiting(45 * MB);
        assertThat(memory).hasToString("90 of 100 MB of direct memory reserved, 45 MB in buffers");
    }
}
