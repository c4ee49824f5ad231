package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void goesOnWhileSlicesGetCheaper() {
        assertThat(after(100, 80, 60, 50, 45, 42, 40)).isFalse();
    }

    @Test
    void endsOnceSeveralSlicesBroughtNothingNew() {
        assertThat(after(100, 50, 30, 30.2, 29.8, 30.1, 29.9)).isTrue();
    }

    @Test
    void isNotProlongedByNoiseThatRaisesTheCost() {
        assertThat(after(100, 30, 33, 38, 31, 34)).isTrue();
    }

    @Test
    void isResumedByALateImprovement() {
        assertThat(after(100, 50, 50, 50, 50, 40)).isFalse();
    }

    @Test
    void doesNotEndOnTooFewSlices() {
        assertThat(after(20, 20, 20, 20)).isFalse();
        assertThat(after(20, 20, 20, 20, 20)).isTrue();
    }

    private static boolean after(double... cpuMicrosPerRequest) {
        WarmUp warmUp = new WarmUp();
        for (double slice : cpuMicrosPerRequest) {
            warmUp.add(slice);
        }
        return warmUp.settled();
    }
}
