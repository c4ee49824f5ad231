package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

/** What operators read of a failed attempt. */
final class FailureTest {
    @Test
    void aConnectionThatWasClosedIsToldInWords() {
        assertThat(Failure.of(new ClosedChannelException(), Phase.RESPONSE_HEAD).detail())
                .isEqualTo("the connection was closed");
    }

    @Test
    void ofAnAnswerThatIsNotHttpTheDecodersReasonIsTold() {
        Throwable reason = new IllegalArgumentException("invalid version format: NONSENSE");

        assertThat(Failure.of(new DecoderException(reason), Phase.RESPONSE_HEAD).detail())
                .isEqualTo("invalid version format: NONSENSE");
    }

    @Test
    void aReasonWithoutWordsKeepsItsName() {
        assertThat(Failure.of(new DecoderException(new IllegalStateException()), Phase.RESPONSE_HEAD)
                        .detail())
                .contains("IllegalStateException");
    }

    @Test
    void whatTheSystemSaysIsKeptWhole() {
        assertThat(Failure.of(new ConnectException("Connection refused"), Phase.CONNECT)
                        .detail())
                .isEqualTo("java.net.ConnectException: Connection refused");
    }

    @Test
    void whatTheBalancerFoundItselfIsToldInItsWords() {
        ProxyException found = new ProxyException(ProxyError.HTTP_RESPONSE_TIMEOUT, "no head in time");

        assertThat(Failure.of(found, Phase.RESPONSE_HEAD).detail()).isEqualTo("no head in time");
    }
}
