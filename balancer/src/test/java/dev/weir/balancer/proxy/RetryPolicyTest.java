package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.StatusSet;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.metrics.RetryResult;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
    private static final RetryConfig SAFE_ONLY = new RetryConfig(3, 0.2, StatusSet.NONE, 64 * 1024, false);
    private static final RetryConfig ALL = new RetryConfig(3, 0.2, StatusSet.NONE, 64 * 1024, true);

    private final RetryBudget budget = new RetryBudget(0.2);

    private @Nullable RetryResult refusal(RetryConfig config, RetryClass retryClass, String method) {
        return refusal(config, retryClass, method, ProxyError.CONNECTION_TERMINATED, 1, true);
    }

    private @Nullable RetryResult refusal(
            RetryConfig config, RetryClass retryClass, String method, ProxyError error, int attempts, boolean kept) {
        return RetryPolicy.refusal(config, retryClass, error, HttpMethod.valueOf(method), attempts, kept, budget, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
    void anIdempotentMethodIsTriedAgainUntilTheClientHasSeenSomething(String method) {
        assertThat(refusal(SAFE_ONLY, RetryClass.R0, method)).isNull();
        assertThat(refusal(SAFE_ONLY, RetryClass.R1, method)).isNull();
        assertThat(refusal(SAFE_ONLY, RetryClass.R2, method)).isNull();
        assertThat(refusal(SAFE_ONLY, RetryClass.R3, method)).isEqualTo(RetryResult.NOT_SAFE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "LOCK", "get"})
    void anyOtherMethodIsTriedAgainOnlyIfNothingWasSent(String method) {
        assertThat(refusal(SAFE_ONLY, RetryClass.R0, method)).isNull();
        assertThat(refusal(SAFE_ONLY, RetryClass.R1, method)).isEqualTo(RetryResult.NOT_SAFE);
        assertThat(refusal(SAFE_ONLY, RetryClass.R2, method)).isEqualTo(RetryResult.NOT_SAFE);
    }

    @Test
    void theOperatorMayDeclareEveryMethodRepeatable() {
        assertThat(refusal(ALL, RetryClass.R1, "POST")).isNull();
        assertThat(refusal(ALL, RetryClass.R2, "PATCH")).isNull();
        assertThat(refusal(ALL, RetryClass.R3, "POST")).isEqualTo(RetryResult.NOT_SAFE);
    }

    @ParameterizedTest
    @EnumSource(
            value = ProxyError.class,
            names = {
                "HTTP_RESPONSE_HEADER_SECTION_SIZE",
                "HTTP_RESPONSE_HEADER_SIZE",
                "HTTP_RESPONSE_BODY_SIZE",
                "HTTP_RESPONSE_TRAILER_SECTION_SIZE",
                "HTTP_RESPONSE_TRAILER_SIZE"
            })
    void anAnswerThatIsTooBigWouldBeSoEverywhere(ProxyError error) {
        assertThat(refusal(ALL, RetryClass.R2, "GET", error, 1, true)).isEqualTo(RetryResult.NOT_SAFE);
    }

    @ParameterizedTest
    @CsvSource({"1,", "2,", "3,NO_ATTEMPTS_LEFT", "4,NO_ATTEMPTS_LEFT"})
    void theFirstAttemptCountsToo(int attempts, @Nullable RetryResult expected) {
        assertThat(refusal(SAFE_ONLY, RetryClass.R0, "GET", ProxyError.CONNECTION_REFUSED, attempts, true))
                .isEqualTo(expected);
    }

    @Test
    void aBodyThatWasNotKeptCannotBeSentAgain() {
        assertThat(refusal(SAFE_ONLY, RetryClass.R0, "PUT", ProxyError.CONNECTION_REFUSED, 1, false))
                .isEqualTo(RetryResult.BODY_NOT_KEPT);
    }

    @Test
    void onlyARetryThatIsMadeSpendsBudget() {
        for (int i = 0; i < 1_000; i++) {
            refusal(SAFE_ONLY, RetryClass.R3, "GET");
            refusal(SAFE_ONLY, RetryClass.R0, "GET", ProxyError.CONNECTION_REFUSED, 3, true);
            refusal(SAFE_ONLY, RetryClass.R0, "GET", ProxyError.CONNECTION_REFUSED, 1, false);
        }
        for (int i = 0; i < RetryBudget.RESERVE; i++) {
            assertThat(refusal(SAFE_ONLY, RetryClass.R0, "GET")).isNull();
        }
        assertThat(refusal(SAFE_ONLY, RetryClass.R0, "GET")).isEqualTo(RetryResult.NO_BUDGET);
    }
}
