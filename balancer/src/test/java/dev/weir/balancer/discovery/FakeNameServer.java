package dev.weir.balancer.discovery;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A name server on 127.0.0.1, over UDP and TCP, that says what a test wants it to say (RFC 1035 section 4). Names that it was
 * told nothing about do not exist. Thread-safe.
 */
public final class FakeNameServer implements AutoCloseable {
    public static final int SERVFAIL = 2;
    public static final int NXDOMAIN = 3;
    public static final int REFUSED = 5;

    private static final int A = 1;
    private static final int CNAME = 5;
    private static final int AAAA = 28;
    private static final int TRUNCATED = 0x0200;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Map<String, Zone> zones = new ConcurrentHashMap<>();
    private final List<String> questions = new CopyOnWriteArrayList<>();

    /**
     * What is said of a name.
     *
     * @param rcode negative: nothing, ever
     * @param alias empty: none
     * @param silentAbout a record type that gets no answer; 0: none
     * @param tcpOnly whether UDP carries nothing but the hint to ask over TCP
     */
    private record Zone(
            int rcode, List<InetAddress> addresses, int ttl, String alias, int silentAbout, boolean tcpOnly) {}

    public FakeNameServer() throws IOException {
        tcp = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        udp = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), tcp.getLocalPort()));
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    public int port() {
        return udp.getLocalPort();
    }

    /** As a configuration writes it. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /** Names and types that were asked for, such as {@code shop.test. A}. */
    public List<String> questions() {
        return questions;
    }

    /** The name has these addresses, IPv4 or IPv6. */
    public void say(String name, int ttlSeconds, String... addresses) {
        List<InetAddress> list =
                List.of(addresses).stream().map(InetAddress::ofLiteral).toList();
        zones.put(name, new Zone(0, list, ttlSeconds, "", 0, false));
    }

    /** From now on nothing is said of the name's addresses of that family. */
    public void keepSilentAbout(String name, boolean ipv6) {
        zones.computeIfPresent(
                name,
                (key, zone) -> new Zone(zone.rcode, zone.addresses, zone.ttl, zone.alias, ipv6 ? AAAA : A, false));
    }

    public void sayOverTcpOnly(String name, int ttlSeconds, String... addresses) {
        say(name, ttlSeconds, addresses);
        zones.computeIfPresent(
                name, (key, zone) -> new Zone(zone.rcode, zone.addresses, zone.ttl, zone.alias, 0, true));
    }

    /** The name is another one's alias, and the answer says no more than that. */
    public void sayAlias(String name, int ttlSeconds, String target) {
        zones.put(name, new Zone(0, List.of(), ttlSeconds, target, 0, false));
    }

    /** Without records; 0: the name exists, but has no address. */
    public void refuse(String name, int rcode) {
        zones.put(name, new Zone(rcode, List.of(), 0, "", 0, false));
    }

    public void keepSilent(String name) {
        zones.put(name, new Zone(-1, List.of(), 0, "", 0, false));
    }

    private void serveUdp() {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            while (true) {
                packet.setLength(2048);
                udp.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()), false);
                if (answer.length > 0) {
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serveTcp() {
        try {
            while (true) {
                try (Socket socket = tcp.accept()) {
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    byte[] query = in.readNBytes(in.readUnsignedShort());
                    byte[] answer = answer(ByteBuffer.wrap(query), true);
                    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                    out.writeShort(answer.length);
                    out.write(answer);
                    out.flush();
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    /** @return empty: none */
    private byte[] answer(ByteBuffer query, boolean overTcp) {
        int id = query.getShort(0);
        query.position(12);
        StringBuilder name = new StringBuilder();
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(new String(label, StandardCharsets.US_ASCII)).append('.');
        }
        int type = query.getShort();
        questions.add(name + " " + (type == A ? "A" : "AAAA"));
        Zone zone = zones.getOrDefault(
                name.toString().toLowerCase(Locale.ROOT), new Zone(NXDOMAIN, List.of(), 0, "", 0, false));
        if (zone.rcode < 0 || zone.silentAbout == type) {
            return new byte[0];
        }
        return zone.tcpOnly && !overTcp
                ? write(id, name.toString(), type, new Zone(0, List.of(), 0, "", 0, false), TRUNCATED)
                : write(id, name.toString(), type, zone, 0);
    }

    private static byte[] write(int id, String name, int type, Zone zone, int flags) {
        List<byte[]> records = zone.alias.isEmpty()
                ? zone.addresses.stream()
                        .map(InetAddress::getAddress)
                        .filter(bytes -> bytes.length == (type == A ? 4 : 16))
                        .toList()
                : List.of(encoded(zone.alias));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(id);
            out.writeShort(0x8180 | flags | zone.rcode); // a response, recursion desired and available
            out.writeShort(1);
            out.writeShort(records.size());
            out.writeInt(0);
            out.write(encoded(name));
            out.writeShort(type);
            out.writeShort(1);
            for (byte[] data : records) {
                out.write(encoded(name));
                out.writeShort(zone.alias.isEmpty() ? type : CNAME);
                out.writeShort(1);
                out.writeInt(zone.ttl);
                out.writeShort(data.length);
                out.write(data);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] encoded(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : name.split("\\.", 0)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
