package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetryAfterTest {
    @Test
    void anOwnLimitMayBeGoneInASecond() {
        assertThat(RetryAfter.seconds(ProxyError.CONNECTION_LIMIT_REACHED, Duration.ofSeconds(30)))
                .isEqualTo(1);
        assertThat(RetryAfter.seconds(ProxyError.PROXY_RESOURCES_EXHAUSTED, Duration.ofSeconds(30)))
                .isEqualTo(1);
    }

    @Test
    void anEmptyPoolIsLookedAtAgainWithTheNextCheck() {
        assertThat(RetryAfter.seconds(ProxyError.DESTINATION_UNAVAILABLE, Duration.ofMillis(1_001)))
                .isEqualTo(2);
        assertThat(RetryAfter.seconds(ProxyError.DESTINATION_UNAVAILABLE, Duration.ofMillis(10)))
                .isEqualTo(1);
    }

    @Test
    void nothingIsPromisedForAnyOtherError() {
        assertThat(RetryAfter.seconds(ProxyError.CONNECTION_REFUSED, Duration.ofSeconds(2)))
                .isZero();
        assertThat(RetryAfter.seconds(ProxyError.PROXY_INTERNAL_ERROR, Duration.ofSeconds(2)))
                .isZero();
    }
}
