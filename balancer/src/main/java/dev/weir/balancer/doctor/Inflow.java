package dev.weir.balancer.doctor;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What a backend sends, byte by byte and line by line, with its beginning kept. */
final class Inflow {
    private static final int KEPT = 1024;

    /** A line without its end. */
    record Line(Bytes bytes, boolean bareLf) {
        String text() {
            return bytes.text();
        }
    }

    private final Wire wire;
    private final Deadline deadline;
    private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024).flip();
    private final byte[] first = new byte[KEPT];
    private int firstCount;
    private long taken;

    Inflow(Wire wire, Deadline deadline) {
        this.wire = wire;
        this.deadline = deadline;
    }

    /** Waits for the first bytes. @return false if there are none before the end */
    boolean begin() throws IOException {
        return buffer.hasRemaining() || fill(deadline);
    }

    /** @return -1 at the end */
    int next() throws IOException {
        if (!buffer.hasRemaining() && !fill(deadline)) {
            return -1;
        }
        taken++;
        return buffer.get() & 0xff;
    }

    /** @return how many bytes were left out: fewer than asked for only at the end */
    long skip(long count) throws IOException {
        long skipped = 0;
        while (skipped < count && (buffer.hasRemaining() || fill(deadline))) {
            int step = (int) Math.min(buffer.remaining(), count - skipped);
            buffer.position(buffer.position() + step);
            skipped += step;
        }
        taken += skipped;
        return skipped;
    }

    /**
     * @param limit of the line's length, so that an endless one ends
     * @throws EOFException if the connection ends within the line
     */
    Line line(int limit) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = next(); octet != '\n'; octet = next()) {
            if (octet < 0) {
                throw new EOFException("closed within a line");
            }
            if (line.size() >= limit) {
                throw new LineTooLong();
            }
            line.write(octet);
        }
        byte[] bytes = line.toByteArray();
        boolean crlf = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return new Line(Bytes.of(bytes, crlf ? bytes.length - 1 : bytes.length), !crlf);
    }

    /** Bytes that come after all that was taken, within another deadline. Not more than a buffer. */
    Bytes surplus(Deadline patience) throws IOException {
        if (!buffer.hasRemaining() && !fill(patience)) {
            return Bytes.NONE;
        }
        byte[] surplus = new byte[buffer.remaining()];
        buffer.get(surplus);
        return Bytes.of(surplus, surplus.length);
    }

    private boolean fill(Deadline until) throws IOException {
        buffer.clear();
        int count;
        try {
            count = wire.read(buffer, until);
        } finally {
            buffer.flip();
        }
        int kept = Math.min(Math.max(count, 0), KEPT - firstCount);
        buffer.get(0, first, firstCount, kept);
        firstCount += kept;
        return count > 0;
    }

    long taken() {
        return taken;
    }

    /** The first 1024 bytes that came, taken or not. */
    Bytes first() {
        return Bytes.of(first, firstCount);
    }

    static final class LineTooLong extends IOException {
        private static final long serialVersionUID = 1;

        LineTooLong() {
            super("a line that does not end");
        }
    }
}
