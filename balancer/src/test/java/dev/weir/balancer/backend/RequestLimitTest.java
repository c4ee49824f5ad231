package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestLimitTest {
    @ParameterizedTest
    @CsvSource({"0,0,0", "5,0,5", "0,6,6", "5,6,5", "6,5,5"})
    void theStricterLimitHolds(int own, int whole, int most) {
        RequestLimit limit = new RequestLimit(own, whole);
        assertThat(limit.most()).isEqualTo(most);
        assertThat(limit.share()).isEqualTo(whole);
    }

    @Test
    void aShareTakesThePlaceOfTheWhole() {
        RequestLimit limit = new RequestLimit(4, 6);
        assertThat(limit.isShared()).isFalse();
        limit.share(2);
        assertThat(limit.most()).isEqualTo(2);
        assertThat(limit.isShared()).isTrue();
        limit.share(6);
        assertThat(limit.most()).isEqualTo(4);
        assertThat(limit.isShared()).isFalse();
    }

    @Test
    void aShareIsNeverNothingNorOfNothing() {
        assertThatThrownBy(() -> new RequestLimit(4, 6).share(0)).hasMessage("share 0 of 6");
        assertThatThrownBy(() -> new RequestLimit(4, 0).share(1)).hasMessage("share 1 of 0");
    }
}
