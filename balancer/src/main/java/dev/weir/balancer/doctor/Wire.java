package dev.weir.balancer.doctor;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A connection to the backend, in the clear or encrypted. Used by one thread at a time; blocks until the deadline. */
interface Wire extends Closeable {
    /**
     * Reads what there is, at least one byte.
     *
     * @return how many bytes, or -1 at the end
     * @throws java.net.SocketTimeoutException if nothing comes in time
     */
    int read(ByteBuffer into, Deadline deadline) throws IOException;

    /** @throws java.net.SocketTimeoutException if the peer does not take it in time */
    void write(byte[] bytes, Deadline deadline) throws IOException;

    @Override
    void close();
}
