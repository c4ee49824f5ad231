package dev.weir.balancer.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Who listens on this host, as Linux tells in {@code /proc/net/tcp} and {@code tcp6}: only of use for a backend on the same host
 * and in the same network namespace. Empty elsewhere.
 */
final class LocalListeners {
    private static final String LISTEN = "0A"; // TCP_LISTEN in linux/tcp_states.h

    /** @param waiting connections that stand but were not accepted yet */
    record Listener(InetAddress address, int port, long waiting) {}

    private final Path directory;

    /** @param directory such as /proc/net */
    LocalListeners(Path directory) {
        this.directory = directory;
    }

    static boolean isHere(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    List<Listener> on(int port) {
        List<Listener> listeners = new ArrayList<>();
        for (String file : List.of("tcp", "tcp6")) {
            try {
                for (String line : Files.readAllLines(directory.resolve(file))) {
                    add(line.strip().split("\\s+"), port, listeners);
                }
            } catch (IOException _) { // not Linux, or no IPv6
            }
        }
        return listeners;
    }

    /** Columns: number, local address, remote address, state, transmit queue and receive queue, ... */
    private static void add(String[] columns, int port, List<Listener> listeners) throws UnknownHostException {
        if (columns.length < 5 || !columns[3].equals(LISTEN)) {
            return;
        }
        String[] local = columns[1].split(":", 2);
        if (Integer.parseInt(local[1], 16) == port) {
            long waiting = Long.parseLong(columns[4].split(":", 2)[1], 16);
            listeners.add(new Listener(address(local[0]), port, waiting));
        }
    }

    /** Words of 32 bits, each in the byte order of the host, which is little-endian where Weir runs. */
    private static InetAddress address(String hex) throws UnknownHostException {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int word = 0; word < bytes.length; word += 4) {
            swap(bytes, word, word + 3);
            swap(bytes, word + 1, word + 2);
        }
        return InetAddress.getByAddress(bytes);
    }

    private static void swap(byte[] bytes, int a, int b) {
        byte kept = bytes[a];
        bytes[a] = bytes[b];
        bytes[b] = kept;
    }
}
