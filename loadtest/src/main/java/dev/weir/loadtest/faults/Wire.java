package dev.weir.loadtest.faults;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The bytes of one connection; what is read goes to the request that it belongs to. For the one thread that serves it. */
final class Wire implements Closeable {
    private static final int CHUNK = 8192;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private ReceivedRequest request;

    Wire(Socket socket, ReceivedRequest request) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), CHUNK);
        this.out = socket.getOutputStream();
        this.request = request;
        socket.setTcpNoDelay(true); // a byte at a time is meant to arrive a byte at a time
    }

    /** From now on, what is read belongs to this one. */
    void begin(ReceivedRequest next) {
        request = next;
    }

    ReceivedRequest request() {
        return request;
    }

    Socket socket() {
        return socket;
    }

    /** What has come of something. */
    enum Arrival {
        BYTES,
        END,
        NOTHING
    }

    /** Waits for the next byte and leaves it there. */
    Arrival await(Duration limit) throws IOException {
        socket.setSoTimeout(Math.toIntExact(Math.max(1, limit.toMillis())));
        try {
            in.mark(1);
            if (in.read() < 0) {
                return Arrival.END;
            }
            in.reset();
            return Arrival.BYTES;
        } catch (SocketTimeoutException e) {
            return Arrival.NOTHING;
        } finally {
            socket.setSoTimeout(0);
        }
    }

    /** @return -1 at the end */
    int read() throws IOException {
        int octet = in.read();
        if (octet >= 0) {
            request.append(new byte[] {(byte) octet}, 0, 1);
        }
        return octet;
    }

    /** Reads up to so many bytes, fewer only at the end. */
    byte[] read(int count) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        skip(count, bytes);
        return bytes.toByteArray();
    }

    /** Reads so many bytes and forgets them; false if fewer came. */
    boolean skip(long count) throws IOException {
        return skip(count, OutputStream.nullOutputStream());
    }

    /** Reads to the end, or until nothing has come for so long. */
    void drain(Duration limit) throws IOException {
        byte[] buffer = new byte[CHUNK];
        while (await(limit) == Arrival.BYTES) {
            int got = in.read(buffer);
            request.append(buffer, 0, got);
        }
    }

    private boolean skip(long count, OutputStream into) throws IOException {
        byte[] buffer = new byte[CHUNK];
        long left = count;
        while (left > 0) {
            int got = in.read(buffer, 0, (int) Math.min(left, CHUNK));
            if (got < 0) {
                return false;
            }
            request.append(buffer, 0, got);
            into.write(buffer, 0, got);
            left -= got;
        }
        return true;
    }

    /** One byte for each character. */
    void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** FIN for certain: a socket that is closed with unread bytes sends RST instead, so all that comes is read first. */
    void finish(Duration limit) throws IOException {
        socket.shutdownOutput();
        drain(limit);
        socket.close();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
