package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.StatusSet;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
import io.netty.handler.codec.http.HttpMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
    private static final RetryConfig SAFE_ONLY = new RetryConfig(3, 0.2, StatusSet.NONE, 64 * 1024, false);
    private static final RetryConfig ALL = new RetryConfig(3, 0.2, StatusSet.NONE, 64 * 1024, true);

    private final RetryBudget budget = new RetryBudget(0.2, () -> 1);

    private RetryDecision decide(RetryConfig config, RetryClass retryClass, String method) {
        return decide(config, retryClass, method, ProxyError.CONNECTION_TERMINATED, 1, true);
    }

    private RetryDecision decide(
            RetryConfig config, RetryClass retryClass, String method, ProxyError error, int attempts, boolean kept) {
        return decide(
                config,
                new RetryPolicy.Failed(retryClass, error, HttpMethod.valueOf(method), false, attempts, kept, false));
    }

    private RetryDecision decide(RetryConfig config, RetryPolicy.Failed failed) {
        return RetryPolicy.decide(config, failed, budget, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
    void anIdempotentMethodIsTriedAgainUntilTheClientHasSeenSomething(String method) {
        assertThat(decide(SAFE_ONLY, RetryClass.R0, method)).isEqualTo(RetryDecision.RETRIED);
        assertThat(decide(SAFE_ONLY, RetryClass.R1, method)).isEqualTo(RetryDecision.RETRIED);
        assertThat(decide(SAFE_ONLY, RetryClass.R2, method)).isEqualTo(RetryDecision.RETRIED);
        assertThat(decide(SAFE_ONLY, RetryClass.R3, method)).isEqualTo(RetryDecision.RESPONSE_BEGUN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "LOCK", "get"})
    void anyOtherMethodIsTriedAgainOnlyIfNothingWasSent(String method) {
        assertThat(decide(SAFE_ONLY, RetryClass.R0, method)).isEqualTo(RetryDecision.RETRIED);
        assertThat(decide(SAFE_ONLY, RetryClass.R1, method)).isEqualTo(RetryDecision.NOT_IDEMPOTENT);
        assertThat(decide(SAFE_ONLY, RetryClass.R2, method)).isEqualTo(RetryDecision.NOT_IDEMPOTENT);
    }

    @Test
    void theOperatorMayDeclareEveryMethodRepeatable() {
        assertThat(decide(ALL, RetryClass.R1, "POST")).isEqualTo(RetryDecision.RETRIED);
        assertThat(decide(ALL, RetryClass.R2, "PATCH")).isEqualTo(RetryDecision.RETRIED);
        assertThat(decide(ALL, RetryClass.R3, "POST")).isEqualTo(RetryDecision.RESPONSE_BEGUN);
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
        assertThat(decide(ALL, RetryClass.R2, "GET", error, 1, true)).isEqualTo(RetryDecision.SAME_EVERYWHERE);
    }

    @ParameterizedTest
    @CsvSource({"1,RETRIED", "2,RETRIED", "3,NO_ATTEMPTS_LEFT", "4,NO_ATTEMPTS_LEFT"})
    void theFirstAttemptCountsToo(int attempts, RetryDecision expected) {
        assertThat(decide(SAFE_ONLY, RetryClass.R0, "GET", ProxyError.CONNECTION_REFUSED, attempts, true))
                .isEqualTo(expected);
    }

    @Test
    void aBodyThatWasNotKeptCannotBeSentAgain() {
        assertThat(decide(SAFE_ONLY, RetryClass.R0, "PUT", ProxyError.CONNECTION_REFUSED, 1, false))
                .isEqualTo(RetryDecision.BODY_NOT_KEPT);
    }

    @Test
    void onlyARetryThatIsMadeSpendsBudget() {
        for (int i = 0; i < 1_000; i++) {
            decide(SAFE_ONLY, RetryClass.R3, "GET");
            decide(SAFE_ONLY, RetryClass.R0, "GET", ProxyError.CONNECTION_REFUSED, 3, true);
            decide(SAFE_ONLY, RetryClass.R0, "GET", ProxyError.CONNECTION_REFUSED, 1, false);
        }
        for (int i = 0; i < RetryBudget.RESERVE; i++) {
            assertThat(decide(SAFE_ONLY, RetryClass.R0, "GET")).isEqualTo(RetryDecision.RETRIED);
        }
        assertThat(decide(SAFE_ONLY, RetryClass.R0, "GET")).isEqualTo(RetryDecision.NO_BUDGET);
    }

    private static RetryPolicy.Failed refused(ProxyError error, int attempts, boolean elsewhere) {
        return new RetryPolicy.Failed(RetryClass.R0, error, HttpMethod.POST, false, attempts, true, elsewhere);
    }

    @Test
    void goingOnToABackendThatWasNotTriedSpendsNoBudgetIfNoneHasSeenTheRequest() {
        for (int i = 0; i < 10 * RetryBudget.RESERVE; i++) {
            assertThat(decide(SAFE_ONLY, refused(ProxyError.CONNECTION_TIMEOUT, 1, true)))
                    .isEqualTo(RetryDecision.RETRIED);
        }
        assertThat(budget.trySpend(0)).isTrue();
    }

    @Test
    void whereItIsTurnedAwayAtOnceItGoesOnWhileAnyIsLeftButNotForEver() {
        assertThat(decide(SAFE_ONLY, refused(ProxyError.CONNECTION_REFUSED, 3, true)))
                .isEqualTo(RetryDecision.RETRIED);
        assertThat(decide(SAFE_ONLY, refused(ProxyError.CONNECTION_REFUSED, 3, false)))
                .isEqualTo(RetryDecision.NO_ATTEMPTS_LEFT);
        assertThat(decide(SAFE_ONLY, refused(ProxyError.CONNECTION_REFUSED, RetryPolicy.MOST_REFUSALS, true)))
                .isEqualTo(RetryDecision.NO_ATTEMPTS_LEFT);
        assertThat(decide(SAFE_ONLY, refused(ProxyError.CONNECTION_TIMEOUT, 3, true)))
                .as("it has kept the client waiting")
                .isEqualTo(RetryDecision.NO_ATTEMPTS_LEFT);
    }

    @Test
    void whoWantsNoRetriesGetsNone() {
        RetryConfig once = new RetryConfig(1, 0.2, StatusSet.NONE, 64 * 1024, false);
        RetryConfig broke = new RetryConfig(3, 0, StatusSet.NONE, 64 * 1024, false);
        assertThat(decide(once, refused(ProxyError.CONNECTION_REFUSED, 1, true)))
                .isEqualTo(RetryDecision.NO_ATTEMPTS_LEFT);
        assertThat(RetryPolicy.decide(
                        broke, refused(ProxyError.CONNECTION_REFUSED, 1, true), new RetryBudget(0, () -> 1), 0))
                .isEqualTo(RetryDecision.NO_BUDGET);
    }
}
