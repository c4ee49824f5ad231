package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.catalogue.Expected.Retry;
import org.junit.jupiter.api.Test;

class ExpectedTest {
    @Test
    void aBackendsFailureIs502OrWhatTheRfcRecommends() {
        Expected expected = Expected.fails("connection_timeout", Retry.R0);

        assertThat(expected.status(false)).isEqualTo(502);
        assertThat(expected.status(true)).isEqualTo(504);
    }

    @Test
    void theBalancersOwnLimitIsTheSameUnderBothSettings() {
        Expected expected = Expected.failsHere(503, "proxy_internal_error", Retry.R0);

        assertThat(expected.status(false)).isEqualTo(503);
        assertThat(expected.status(true)).isEqualTo(503);
    }

    @Test
    void aBackendsAnswerKeepsItsStatus() {
        assertThat(Expected.answers(Wanted.of(413, "")).status(true)).isEqualTo(413);
    }

    @Test
    void onlyWhatMayBeTriedAgainElsewhereCanBeSaved() {
        assertThat(Expected.fails("connection_refused", Retry.R0).canBeSaved()).isTrue();
        assertThat(Expected.fails("http_protocol_error", Retry.R2)
                        .refusedFor("same_everywhere")
                        .canBeSaved())
                .isFalse();
        assertThat(Expected.cuts("http_response_incomplete", Wanted.of(200, "ok"))
                        .canBeSaved())
                .isFalse();
    }
}
