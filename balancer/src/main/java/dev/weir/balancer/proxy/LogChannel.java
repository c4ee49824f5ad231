package dev.weir.balancer.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes whole lines, and after a failure in the middle of a line begins a new one. */
final class LogChannel implements Closeable {
    private final FileChannel channel;
    private byte last = '\n';

    LogChannel(FileChannel channel) {
        this.channel = channel;
    }

    void write(ByteBuffer[] lines) throws IOException {
        if (last != '\n') {
            writeAll(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        for (ByteBuffer buffer : lines) {
            writeAll(buffer);
        }
    }

    private void writeAll(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) > 0) {
                last = buffer.get(buffer.position() - 1);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
