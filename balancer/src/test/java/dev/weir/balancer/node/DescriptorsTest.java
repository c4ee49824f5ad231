package dev.weir.balancer.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DescriptorsTest {
    @Test
    void aPartIsKeptBack() {
        Descriptors descriptors = new Descriptors(1_024);
        descriptors.counted(896 - 1);
        assertThat(descriptors.isShort()).isFalse();
        descriptors.opened();
        assertThat(descriptors.isShort()).as("an eighth is left").isTrue();
    }

    @Test
    void theShortageEndsOnlyWhenEnoughAreFree() {
        Descriptors descriptors = new Descriptors(1_024);
        descriptors.counted(795);
        for (int i = 0; i < 101; i++) {
            descriptors.opened();
        }
        assertThat(descriptors.isShort()).isTrue();
        for (int i = 0; i < 64; i++) {
            descriptors.closed();
            descriptors.update();
            assertThat(descriptors.isShort()).isTrue();
        }
        descriptors.closed();
        descriptors.update();
        assertThat(descriptors.isShort()).isFalse();
    }

    @Test
    void connectionsThatCloseAreNotCountedTwice() {
        Descriptors descriptors = new Descriptors(1_024);
        for (int i = 0; i < 100; i++) {
            descriptors.opened();
        }
        descriptors.counted(150);
        assertThat(descriptors.open()).isEqualTo(150);
        for (int i = 0; i < 100; i++) {
            descriptors.closed();
        }
        assertThat(descriptors.open()).isEqualTo(50);
    }

    @Test
    void whereTheKernelRefusesThereIsAShortageUntilTheNextCount() {
        Descriptors descriptors = new Descriptors(1_024);
        descriptors.counted(100);
        descriptors.ranOut();
        descriptors.update();
        assertThat(descriptors.isShort()).as("of the whole system, perhaps").isTrue();
        assertThat(descriptors.hasRunOut()).isTrue();
        descriptors.counted(100);
        assertThat(descriptors.isShort()).isFalse();
    }

    @Test
    void aCountThatFailsLeavesTheLastOne() {
        Descriptors descriptors = new Descriptors(1_024);
        descriptors.counted(100);
        descriptors.counted(-1);
        assertThat(descriptors).hasToString("100 of 1024 descriptors open");
    }

    @Test
    void withoutAKnownLimitNothingIsEverShort() {
        Descriptors descriptors = new Descriptors(0);
        descriptors.counted(1_000_000);
        descriptors.opened();
        assertThat(descriptors.isShort()).isFalse();
    }

    @Test
    void ofAHugeLimitNoMoreIsKeptBackThanABurstTakes() {
        Descriptors descriptors = new Descriptors(1_000_000);
        descriptors.counted(998_975);
        assertThat(descriptors.isShort()).isFalse();
        descriptors.counted(998_976);
        assertThat(descriptors.isShort()).isTrue();
    }
}
