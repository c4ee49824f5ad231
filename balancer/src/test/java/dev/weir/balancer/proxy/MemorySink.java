package dev.weir.balancer.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keeps what is logged. Not thread-safe. */
final class MemorySink implements LogSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int room = Integer.MAX_VALUE;

    /** From now on takes only so many bytes. */
    void failAfter(int count) {
        room = count;
    }

    @Override
    public void write(ByteBuffer[] lines) throws IOException {
        for (ByteBuffer buffer : lines) {
            while (buffer.hasRemaining()) {
                if (room-- == 0) {
                    throw new IOException("no space left");
                }
                bytes.write(buffer.get());
            }
        }
    }

    @Override
    public void close() {}

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
