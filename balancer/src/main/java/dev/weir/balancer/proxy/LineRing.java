package dev.weir.balancer.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded queue of whole lines from one event loop to the writer thread: a ring of bytes with a single producer and a
 * single consumer (Lamport, "Specifying Concurrent Program Modules", 1983). Neither side ever waits for the other.
 */
final class LineRing {
    private final byte[] ring;
    private final int mask;
    private final Runnable wakeUp;
    /** Bytes ever written; the event loop alone writes it. */
    private final AtomicLong tail = new AtomicLong();
    /** Bytes ever consumed; the writer thread alone writes it. */
    private final AtomicLong head = new AtomicLong();
    /** Lines without room; the event loop alone writes it. */
    private final AtomicLong dropped = new AtomicLong();
    /** Lines that the sink did not take; the writer thread alone writes it. */
    private final AtomicLong lost = new AtomicLong();

    /**
     * @param capacity bytes, a power of two
     * @param wakeUp called on the event loop when the ring becomes half full
     */
    LineRing(int capacity, Runnable wakeUp) {
        this.ring = new byte[capacity];
        this.mask = capacity - 1;
        this.wakeUp = wakeUp;
    }

    /** Event loop: copies the line, or drops it if there is no room for it. */
    void offer(JsonLine line) {
        int length = line.length();
        long at = tail.getPlain();
        int used = (int) (at - head.getAcquire());
        if (line.tooLong() || length > ring.length - used) {
            dropped.setRelease(dropped.getPlain() + 1);
            return;
        }
        int start = (int) at & mask;
        int first = Math.min(length, ring.length - start);
        System.arraycopy(line.bytes(), 0, ring, start, first);
        System.arraycopy(line.bytes(), first, ring, 0, length - first);
        tail.setRelease(at + length);
        int half = ring.length / 2;
        if (used <= half && used + length > half) {
            wakeUp.run();
        }
    }

    /** Any thread: lines that nobody will ever see, for want of room or because the sink failed. */
    long dropped() {
        return dropped.getAcquire() + lost.getAcquire();
    }

    /**
     * Writer thread: writes all lines that are there.
     *
     * @throws IOException if the sink failed; the lines that it did not take count as dropped
     */
    void drainTo(LogSink sink) throws IOException {
        long from = head.getPlain();
        long to = tail.getAcquire();
        if (from == to) {
            return;
        }
        int start = (int) from & mask;
        int length = (int) (to - from);
        int first = Math.min(length, ring.length - start);
        ByteBuffer[] lines = {ByteBuffer.wrap(ring, start, first), ByteBuffer.wrap(ring, 0, length - first)};
        try {
            sink.write(lines);
        } finally {
            lost.setRelease(lost.getPlain() + ends(lines[0]) + ends(lines[1]));
            head.setRelease(to);
        }
    }

    /** Line ends in what remains of the buffer. */
    private static int ends(ByteBuffer buffer) {
        int ends = 0;
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            if (buffer.get(i) == '\n') {
                ends++;
            }
        }
        return ends;
    }
}
