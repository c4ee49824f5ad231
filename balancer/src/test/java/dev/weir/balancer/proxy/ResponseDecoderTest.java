package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.failure.Violation;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseDecoderTest {
    private final List<String> told = new ArrayList<>();
    private final ResponseDecoder decoder = new ResponseDecoder(1_000, false, this::tell);
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    private void tell(Violation violation, String detail) {
        told.add(violation + " " + detail);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void receive(String field) {
        decoder.expect(false);
        String response = "HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Length: 0\r\n\r\n";
        channel.writeInbound(Unpooled.copiedBuffer(response, StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({"Bad Name: x,Bad Name", "'Bad Name and more : x: y','Bad Name and more '", ": x,''"})
    void anInvalidNameIsToldInFull(String field, String name) {
        receive(field);
        assertThat(told).containsExactly("INVALID_FIELD_NAME " + name);
    }

    @Test
    void aLongOneIsCut() {
        receive("Bad " + "x".repeat(500) + ": y");
        assertThat(told).containsExactly("INVALID_FIELD_NAME Bad " + "x".repeat(60));
    }
}
