package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
    private final RequestBody body = new RequestBody(10);
    private final UpstreamConnection connection = new UpstreamConnection(
            null, new ResponseDecoder(1_024, false, (violation, detail) -> {}), new InetSocketAddress(80));
    private final EmbeddedChannel channel = new EmbeddedChannel(connection);

    private static HttpContent part(String text) {
        return new DefaultHttpContent(buffer(text));
    }

    private static ByteBuf buffer(String text) {
        return ByteBufAllocator.DEFAULT
                .directBuffer(text.length())
                .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** What a connection got since the last time. */
    private List<String> sent() {
        body.sendTo(connection);
        connection.flush();
        List<String> texts = new ArrayList<>();
        HttpContent content;
        while ((content = channel.readOutbound()) != null) {
            texts.add(content.content().toString(StandardCharsets.US_ASCII));
            content.release();
        }
        return texts;
    }

    @Test
    void whatIsHeldIsSentAsOftenAsNeededAndReleasedInTheEnd() {
        HttpContent one = part("one");
        HttpContent two = part("two");
        body.hold(one);
        body.hold(two);
        assertThat(sent()).containsExactly("one", "two");
        assertThat(sent()).containsExactly("one", "two");
        assertThat(body.isReplayable()).isTrue();
        body.giveUp();
        assertThat(one.refCnt()).isZero();
        assertThat(two.refCnt()).isZero();
        assertThat(sent()).isEmpty();
    }

    @Test
    void whatGoesOutIsKeptAsWellAndTheCallerKeepsItsReference() {
        HttpContent part = part("part");
        body.sending(part);
        assertThat(part.refCnt()).isEqualTo(2);
        part.release();
        assertThat(sent()).containsExactly("part");
        body.giveUp();
        assertThat(part.refCnt()).isZero();
    }

    @Test
    void exactlyTheLimitIsStillKept() {
        HttpContent part = part("0123456789");
        body.sending(part);
        part.release();
        assertThat(body.isReplayable()).isTrue();
        assertThat(body.isFull()).isFalse();
        assertThat(sent()).containsExactly("0123456789");
        body.giveUp();
    }

    @Test
    void oneByteMoreThanTheLimitReleasesAllThatWasKept() {
        HttpContent first = part("01234567");
        HttpContent second = part("89a");
        body.sending(first);
        body.sending(second);
        assertThat(body.isReplayable()).isFalse();
        assertThat(first.refCnt()).isEqualTo(1);
        assertThat(second.refCnt()).isEqualTo(1);
        first.release();
        second.release();
        HttpContent third = part("b");
        body.sending(third);
        assertThat(third.refCnt()).as("not kept any more").isEqualTo(1);
        third.release();
    }

    @Test
    void moreThanTheLimitIsHeldUntilItWasSentOnce() {
        HttpContent long_ = part("0123456789a");
        body.hold(long_);
        assertThat(body.isFull()).isTrue();
        assertThat(body.isReplayable()).isTrue();
        assertThat(sent()).containsExactly("0123456789a");
        assertThat(body.isReplayable()).isFalse();
        assertThat(long_.refCnt()).isZero();
    }

    @Test
    void manyTinyPartsAreAsMuchTooMuchAsALongOne() {
        RequestBody large = new RequestBody(1_000_000);
        List<HttpContent> parts = Stream.generate(() -> part("x")).limit(257).toList();
        for (HttpContent part : parts.subList(0, 256)) {
            large.sending(part);
        }
        assertThat(large.isReplayable()).isTrue();
        large.sending(parts.getLast());
        assertThat(large.isReplayable()).isFalse();
        assertThat(parts).allMatch(part -> part.refCnt() == 1);
        for (HttpContent part : parts) {
            part.release();
            large.hold(part("x"));
        }
        assertThat(large.isFull()).isTrue();
        large.giveUp();
    }

    @Test
    void trailersAreKeptToo() {
        LastHttpContent last = new DefaultLastHttpContent(buffer("end"));
        last.trailingHeaders().set("x-sum", "42");
        body.sending(last);
        last.release();
        body.sendTo(connection);
        connection.flush();
        LastHttpContent again = channel.readOutbound();
        assertThat(again.trailingHeaders().get("x-sum")).isEqualTo("42");
        again.release();
        body.giveUp();
    }
}
