package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of an answer that cannot be understood. */
class BeginningTest {
    private final ResponseDecoder decoder = new ResponseDecoder(1_000, false, (violation, detail) -> {});
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    @BeforeEach
    void aRequestHasGoneOut() {
        decoder.expect(false);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void receive(String... packets) {
        for (String packet : packets) {
            channel.writeInbound(bytes(packet));
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private String kept() {
        return new String(decoder.firstBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void ofAnAnswerThatIsUnderstoodNothingIsKept() {
        receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(kept()).isEmpty();
    }

    @Test
    void ofAnotherProtocolTheBeginningIsKept() {
        receive("SSH-2.0-OpenSSH_9.2\r\n");
        assertThat(kept()).isEqualTo("SSH-2.0-OpenSSH_9.2\r\n");
    }

    @Test
    void ofATlsAlertAllBytesAreKept() {
        receive("\u0015\3\3\0\2\2F");
        assertThat(ByteBufUtil.hexDump(decoder.firstBytes())).isEqualTo("15030300020246");
    }

    @Test
    void noMoreThanTheLimitIsKept() {
        receive("HTTP/1.1 200 OK\r\nX: " + "y".repeat(2_000));
        assertThat(kept()).hasSize(Beginning.MAX).isEqualTo("HTTP/1.1 200 OK\r\nX: " + "y".repeat(Beginning.MAX - 20));
    }

    @Test
    void aHeadThatComesInPiecesIsKeptAsIfItHadComeInOne() {
        receive("H", "TTP/1.", "1 200 OK\r\nContent-", "Length: 2x\r\n", "\r\n");
        assertThat(kept()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\n");
    }

    @Test
    void aHeadThatBreaksOffIsKept() {
        receive("HTTP/1.1 200 OK\r\nContent-Le");
        channel.close();
        assertThat(kept()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Le");
    }

    @Test
    void aBadHeadAfterAnInterimResponseIsKeptWithoutThatOne() {
        receive("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/3 200 OK\r\n\r\n");
        assertThat(kept()).isEqualTo("HTTP/3 200 OK\r\n\r\n");
    }

    @Test
    void ofAChunkThatIsNoneTheBeginningIsKeptAndNotThatOfTheHead() {
        receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "zz\r\nmore");
        assertThat(kept()).isEqualTo("zz\r\nmore");
    }

    @Test
    void whatWasKeptIsForgottenWithTheNextRequest() {
        receive("HTTP/1.1 200 OK\r\nX:");
        receive(" y\r\nContent-Length: 0\r\n\r\n");
        decoder.expect(false);
        assertThat(kept()).isEmpty();
    }
}
