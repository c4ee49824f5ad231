package dev.weir.balancer.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the access log ends. Thread: the writer thread. */
interface LogSink extends Closeable {
    /**
     * Writes all that remains in the buffers, in order. May block.
     *
     * @throws IOException if it could not; what was written no longer remains in the buffers
     */
    void write(ByteBuffer[] lines) throws IOException;

    /** Called often, between writes, whether or not there is anything to write. */
    default void tick() throws IOException {}
}
