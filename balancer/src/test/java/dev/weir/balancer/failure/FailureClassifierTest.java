package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class FailureClassifierTest {
    @ParameterizedTest
    @CsvSource({
        "  1, CONNECT,       PROXY_INTERNAL_ERROR", // EPERM
        " 13, CONNECT,       PROXY_INTERNAL_ERROR", // EACCES
        " 22, CONNECT,       DESTINATION_IP_UNROUTABLE", // EINVAL: a blackhole route
        " 23, CONNECT,       PROXY_RESOURCES_EXHAUSTED", // ENFILE
        " 24, CONNECT,       PROXY_RESOURCES_EXHAUSTED", // EMFILE
        " 32, REQUEST,       CONNECTION_TERMINATED", // EPIPE
        " 99, CONNECT,       PROXY_RESOURCES_EXHAUSTED", // EADDRNOTAVAIL
        "101, CONNECT,       DESTINATION_IP_UNROUTABLE", // ENETUNREACH
        "104, CONNECT,       CONNECTION_TERMINATED", // ECONNRESET
        "104, REQUEST,       CONNECTION_TERMINATED",
        "104, RESPONSE_HEAD, CONNECTION_TERMINATED",
        "104, RESPONSE_BODY, HTTP_RESPONSE_INCOMPLETE",
        "105, REQUEST,       PROXY_RESOURCES_EXHAUSTED", // ENOBUFS
        "110, CONNECT,       CONNECTION_TIMEOUT", // ETIMEDOUT
        "110, RESPONSE_HEAD, CONNECTION_READ_TIMEOUT",
        "110, REQUEST,       CONNECTION_WRITE_TIMEOUT", // of TCP_USER_TIMEOUT
        "110, RESPONSE_BODY, CONNECTION_READ_TIMEOUT",
        "111, CONNECT,       CONNECTION_REFUSED",
        "113, CONNECT,       DESTINATION_IP_UNROUTABLE", // EHOSTUNREACH
        "999, CONNECT,       PROXY_INTERNAL_ERROR",
    })
    void theKernelsNumberDecides(int errno, Phase phase, ProxyError expected) {
        assumeThat(Epoll.isAvailable())
                .as("Netty makes these exceptions with native code")
                .isTrue();
        assertThat(FailureClassifier.classify(new NativeIoException("call", -errno), phase))
                .isEqualTo(expected);
        assertThat(FailureClassifier.classify(new RuntimeException(new NativeIoException("call", -errno)), phase))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "QUEUE,         CONNECTION_LIMIT_REACHED",
        "CONNECT,       CONNECTION_TIMEOUT",
        "REQUEST,       CONNECTION_WRITE_TIMEOUT",
        "RESPONSE_HEAD, HTTP_RESPONSE_TIMEOUT",
        "RESPONSE_BODY, CONNECTION_READ_TIMEOUT",
    })
    void aTimeoutIsThatOfThePhase(Phase phase, ProxyError expected) {
        assertThat(FailureClassifier.deadline(phase)).isEqualTo(expected);
        assertThat(FailureClassifier.classify(new TimeoutException(), phase)).isEqualTo(expected);
        assertThat(FailureClassifier.classify(ReadTimeoutException.INSTANCE, phase))
                .isEqualTo(expected);
    }

    @Test
    void aClosedConnectionIsAnIncompleteResponseOnlyOnceOneBegan() {
        Throwable closed = new ClosedChannelException();
        assertThat(FailureClassifier.classify(closed, Phase.RESPONSE_HEAD)).isEqualTo(ProxyError.CONNECTION_TERMINATED);
        assertThat(FailureClassifier.classify(closed, Phase.RESPONSE_HEAD, 1))
                .isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
        assertThat(FailureClassifier.classify(closed, Phase.RESPONSE_BODY))
                .isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheBalancerFoundItselfKeepsItsName(ProxyError error) {
        Throwable wrapped = new IOException(new ProxyException(error, "found"));
        assertThat(FailureClassifier.classify(wrapped, Phase.CONNECT)).isEqualTo(error);
        Failure failure = Failure.of(new ProxyException(error, "found"), Phase.QUEUE);
        assertThat(failure.error()).isEqualTo(error);
        assertThat(failure.detail()).isEqualTo("found");
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownExceptionIsABugOfOurs(Phase phase) {
        assertThat(FailureClassifier.classify(new IllegalArgumentException("connection refused"), phase))
                .isEqualTo(ProxyError.PROXY_INTERNAL_ERROR);
        assertThat(FailureClassifier.classify(new NullPointerException(), phase, 10))
                .isEqualTo(ProxyError.PROXY_INTERNAL_ERROR);
    }

    @Test
    void wordsDecideNothing() {
        Throwable misleading = new IOException("Connection refused: No route to host, UnknownHostException");
        assertThat(FailureClassifier.classify(misleading, Phase.RESPONSE_HEAD))
                .isEqualTo(ProxyError.CONNECTION_TERMINATED);
    }

    @Test
    void aLoopOfCausesEnds() {
        IOException first = new IOException();
        RuntimeException second = new RuntimeException(first);
        first.initCause(second);
        assertThat(FailureClassifier.classify(first, Phase.REQUEST)).isEqualTo(ProxyError.CONNECTION_TERMINATED);
        assertThat(FailureClassifier.classify(second, Phase.REQUEST)).isEqualTo(ProxyError.PROXY_INTERNAL_ERROR);
    }

    @Test
    void anExceptionOfTheBalancerCostsNoStackTrace() {
        ProxyException exception =
                new ProxyException(ProxyError.HTTP_RESPONSE_TIMEOUT, "10.0.0.1:80 sent nothing in 30 s");
        assertThat(exception.getStackTrace()).isEmpty();
        assertThat(exception).hasMessage("http_response_timeout: 10.0.0.1:80 sent nothing in 30 s");
    }

    static Object[][] malformedResponses() {
        String chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        return new Object[][] {
            {"SSH-2.0-OpenSSH_9.2\r\n", Phase.RESPONSE_HEAD, ProxyError.HTTP_PROTOCOL_ERROR},
            {"HTTP/1.1 abc OK\r\n\r\n", Phase.RESPONSE_HEAD, ProxyError.HTTP_PROTOCOL_ERROR},
            {"HTTP/1.1 200 OK\nA: b\n\n", Phase.RESPONSE_HEAD, ProxyError.HTTP_PROTOCOL_ERROR},
            {"HTTP/1.1 200 OK\r\n: no name\r\n\r\n", Phase.RESPONSE_HEAD, ProxyError.HTTP_PROTOCOL_ERROR},
            {
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n",
                Phase.RESPONSE_HEAD,
                ProxyError.HTTP_PROTOCOL_ERROR
            },
            {"HTTP/1.1 200 OK\r\ncontent-length: 2x\r\n\r\n", Phase.RESPONSE_HEAD, ProxyError.HTTP_PROTOCOL_ERROR},
            {
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n",
                Phase.RESPONSE_HEAD,
                ProxyError.HTTP_RESPONSE_TRANSFER_CODING
            },
            {
                "HTTP/1.1 200 OK\r\nx: " + "x".repeat(9_000) + "\r\n\r\n",
                Phase.RESPONSE_HEAD,
                ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE
            },
            {
                "HTTP/1.1 200 " + "x".repeat(5_000) + "\r\n\r\n",
                Phase.RESPONSE_HEAD,
                ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE
            },
            {chunked + "zz\r\n", Phase.RESPONSE_BODY, ProxyError.HTTP_RESPONSE_TRANSFER_CODING},
            {chunked + "fffffffff\r\n", Phase.RESPONSE_BODY, ProxyError.HTTP_RESPONSE_TRANSFER_CODING},
            {chunked + "2\nok\r\n", Phase.RESPONSE_BODY, ProxyError.HTTP_RESPONSE_TRANSFER_CODING},
            {chunked + "2\r\nokay\r\n", Phase.RESPONSE_BODY, ProxyError.HTTP_RESPONSE_TRANSFER_CODING},
            {chunked + "2;" + "x".repeat(5_000) + "\r\n", Phase.RESPONSE_BODY, ProxyError.HTTP_RESPONSE_TRANSFER_CODING
            },
            {
                chunked + "0\r\nx: " + "x".repeat(9_000) + "\r\n\r\n",
                Phase.RESPONSE_BODY,
                ProxyError.HTTP_RESPONSE_TRAILER_SECTION_SIZE
            },
            {chunked + "0\r\n: no name\r\n\r\n", Phase.RESPONSE_BODY, ProxyError.HTTP_PROTOCOL_ERROR},
        };
    }

    @ParameterizedTest
    @MethodSource("malformedResponses")
    void whatTheDecoderRejectsIsNamed(String response, Phase phase, ProxyError expected) {
        Throwable failure = decode(response, false);
        assertThat(failure).isNotNull();
        assertThat(FailureClassifier.malformed(failure, phase)).isEqualTo(expected);
        assertThat(FailureClassifier.classify(new DecoderException(failure), phase, response.length()))
                .isEqualTo(expected);
    }

    @Test
    void aHeadThatEndsTooSoonIsAnIncompleteResponse() {
        Throwable failure = decode("HTTP/1.1 200 OK\r\ncontent-le", true);
        assertThat(failure).isNotNull();
        assertThat(FailureClassifier.malformed(failure, Phase.RESPONSE_HEAD))
                .isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
    }

    /** What Netty's codec says of these bytes; null: nothing wrong. */
    private static @Nullable Throwable decode(String response, boolean close) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpClientCodec());
        channel.writeInbound(Unpooled.copiedBuffer(response, StandardCharsets.US_ASCII));
        if (close) {
            channel.finish();
        }
        Throwable failure = null;
        for (HttpObject message = channel.readInbound(); message != null; message = channel.readInbound()) {
            failure = message.decoderResult().isFailure()
                    ? message.decoderResult().cause()
                    : failure;
            ReferenceCountUtil.release(message);
        }
        channel.finishAndReleaseAll();
        return failure;
    }
}
