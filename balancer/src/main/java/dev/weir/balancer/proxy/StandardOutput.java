package dev.weir.balancer.proxy;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The process's standard output, past {@code System.out} and its lock. */
final class StandardOutput implements LogSink {
    @SuppressWarnings("resource") // not ours to close
    private final LogChannel channel = new LogChannel(new FileOutputStream(FileDescriptor.out).getChannel());

    @Override
    public void write(ByteBuffer[] lines) throws IOException {
        channel.write(lines);
    }

    @Override
    public void close() {
        // The process may have more to say.
    }
}
