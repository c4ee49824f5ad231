package dev.weir.balancer.doctor;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** TLS on a TCP connection, by the JDK's engine. Keeps the first bytes that came, for the case that they are no TLS. */
final class TlsWire implements Wire {
    private static final int KEPT = 1024;

    private final TcpWire tcp;
    private final SSLEngine engine;
    private final TlsWitness witness;
    private final byte[] first = new byte[KEPT];
    private int firstCount;

    /** Both always ready to be written to. */
    private final ByteBuffer encrypted;

    private final ByteBuffer plain;

    TlsWire(TcpWire tcp, SSLEngine engine, TlsWitness witness) {
        this.tcp = tcp;
        this.engine = engine;
        this.witness = witness;
        this.encrypted = ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(2 * engine.getSession().getApplicationBufferSize());
    }

    /**
     * @throws EOFException if the peer closes before its end
     * @throws SSLException if both cannot agree, or if what comes is no TLS
     */
    void handshake(Deadline deadline) throws IOException {
        engine.beginHandshake();
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            try {
                step(deadline);
            } catch (SSLException e) {
                sayWhy(deadline);
                throw e;
            }
        }
    }

    private void step(Deadline deadline) throws IOException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> runTasks();
            case NEED_WRAP -> wrap(ByteBuffer.allocate(0), deadline);
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                if (!unwrap(deadline)) {
                    throw new EOFException("closed within the handshake");
                }
            }
            case FINISHED, NOT_HANDSHAKING -> {}
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Our own alert, so that the other side's log tells why, too. */
    private void sayWhy(Deadline deadline) {
        try {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(ByteBuffer.allocate(0), deadline);
            }
        } catch (IOException ignored) { // it is gone already
            return;
        }
    }

    private void wrap(ByteBuffer source, Deadline deadline) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        do {
            engine.wrap(source, out.clear());
            if (out.position() > 0) {
                tcp.write(Arrays.copyOf(out.array(), out.position()), deadline);
            }
        } while (source.hasRemaining() && !engine.isOutboundDone());
    }

    /** @return false at the end */
    private boolean unwrap(Deadline deadline) throws IOException {
        while (true) {
            encrypted.flip();
            SSLEngineResult result = engine.unwrap(encrypted, plain);
            encrypted.compact();
            switch (result.getStatus()) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_OVERFLOW -> throw new SSLException("a record larger than TLS allows");
                case BUFFER_UNDERFLOW -> {
                    int from = encrypted.position();
                    if (tcp.read(encrypted, deadline) < 0) {
                        return false;
                    }
                    keep(from);
                }
            }
        }
    }

    private void keep(int from) {
        int count = Math.min(encrypted.position() - from, first.length - firstCount);
        System.arraycopy(encrypted.array(), from, first, firstCount, count);
        firstCount += count;
    }

    @Override
    public int read(ByteBuffer into, Deadline deadline) throws IOException {
        while (plain.position() == 0) {
            if (!unwrap(deadline)) {
                return -1;
            }
            afterHandshake(deadline);
        }
        plain.flip();
        int count = Math.min(plain.remaining(), into.remaining());
        into.put(plain.slice(plain.position(), count));
        plain.position(plain.position() + count);
        plain.compact();
        return count;
    }

    /** TLS 1.3 sends tickets and new keys at any time. */
    private void afterHandshake(Deadline deadline) throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
        } else if (status == HandshakeStatus.NEED_WRAP) {
            wrap(ByteBuffer.allocate(0), deadline);
        }
    }

    @Override
    public void write(byte[] bytes, Deadline deadline) throws IOException {
        wrap(ByteBuffer.wrap(bytes), deadline);
    }

    /** What came first, before any decryption. */
    Bytes firstBytes() {
        return Bytes.of(first, firstCount);
    }

    TlsWitness witness() {
        return witness;
    }

    SSLEngine engine() {
        return engine;
    }

    @Override
    public void close() {
        tcp.close();
    }
}
