package dev.weir.balancer.proxy;

import dev.weir.balancer.incident.Amount;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.nio.charset.StandardCharsets;

/** Tells which field makes a response's head too large. */
final class HeadSize {
    private static final int MAX_NAME = 64;

    private String largest = "";
    private int bytes;

    private HeadSize() {}

    /**
     * @param came bytes of the response that came so far
     * @param fields those that were parsed
     * @param begin where those that were not parsed begin in the buffer, at the latest; up to its end
     */
    static TooLongHttpHeaderException exceeded(int limit, long came, HttpHeaders fields, ByteBuf in, int begin) {
        HeadSize size = new HeadSize();
        fields.iteratorCharSequence()
                .forEachRemaining(field -> size.seen(
                        field.getKey().toString(),
                        field.getKey().length() + 2 + field.getValue().length()));
        int line = begin;
        while (line < in.writerIndex()) {
            int lf = in.indexOf(line, in.writerIndex(), (byte) '\n');
            int end = lf < 0 ? in.writerIndex() : Math.max(line, lf - 1);
            int colon = in.indexOf(line, Math.min(end, line + MAX_NAME), (byte) ':');
            if (colon > line) {
                size.seen(in.toString(line, colon - line, StandardCharsets.ISO_8859_1), end - line);
            }
            line = lf < 0 ? end : lf + 1;
        }
        return new TooLongHttpHeaderException(Amount.bytes(came) + " came, more than the " + Amount.bytes(limit)
                + " that limits.response-head allows; the largest field is " + size.largest + " with "
                + Amount.bytes(size.bytes) + " so far");
    }

    private void seen(String name, int length) {
        if (length > bytes) {
            bytes = length;
            largest = name;
        }
    }
}
