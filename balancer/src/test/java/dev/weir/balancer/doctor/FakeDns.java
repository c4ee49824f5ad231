package dev.weir.balancer.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server for one name, over UDP (RFC 1035 section 4.1). */
final class FakeDns implements AutoCloseable {
    static final int SILENT = -1;

    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;

    private final DatagramSocket socket;
    private final int rcode;
    private final AtomicInteger questions = new AtomicInteger();
    private volatile List<InetAddress> addresses;
    private volatile int changesAfter = Integer.MAX_VALUE;
    private volatile List<InetAddress> later = List.of();

    private FakeDns(int rcode, String... addresses) {
        this.rcode = rcode;
        this.addresses = literals(addresses);
        try {
            socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::serve);
    }

    static FakeDns saying(String... addresses) {
        return new FakeDns(0, addresses);
    }

    static FakeDns failing(int rcode) {
        return new FakeDns(rcode);
    }

    static FakeDns silent() {
        return new FakeDns(SILENT);
    }

    /** From the given question on, other addresses. */
    FakeDns then(int question, String... others) {
        later = literals(others);
        changesAfter = question;
        return this;
    }

    private static List<InetAddress> literals(String... addresses) {
        return Arrays.stream(addresses).map(InetAddress::ofLiteral).toList();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        byte[] buffer = new byte[1024];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                if (questions.incrementAndGet() >= changesAfter) {
                    addresses = later;
                }
                if (rcode != SILENT) {
                    byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException _) { // closed
                return;
            }
        }
    }

    private byte[] answer(byte[] query) {
        int end = 12;
        while (query[end] != 0) {
            end += 1 + query[end];
        }
        int type = query[end + 2];
        List<InetAddress> fitting = new ArrayList<>(addresses);
        fitting.removeIf(address -> (address.getAddress().length == 4 ? TYPE_A : TYPE_AAAA) != type);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {query[0], query[1], (byte) 0x81, (byte) (0x80 | rcode)});
        out.writeBytes(new byte[] {0, 1, 0, (byte) fitting.size(), 0, 0, 0, 0});
        out.write(query, 12, end + 5 - 12);
        for (InetAddress address : fitting) {
            byte[] bytes = address.getAddress();
            out.writeBytes(new byte[] {(byte) 0xc0, 12, 0, (byte) type, 0, 1, 0, 0, 0, 30, 0, (byte) bytes.length});
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
