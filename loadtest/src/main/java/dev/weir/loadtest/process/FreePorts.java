package dev.weir.loadtest.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface that nothing listens on. */
public final class FreePorts {
    private static final int LOWEST = 15_000;
    private static final int EPHEMERAL = 32_768;
    private static final int TRIES = 1_000;

    private FreePorts() {}

    /** All are held at once before any is let go, so they differ from each other. */
    public static List<Integer> take(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new MeasurementException("no free port on the loopback interface", e);
        } finally {
            held.forEach(FreePorts::release);
        }
    }

    /**
     * Ports that the kernel gives to nobody by itself (Linux: below 32768), so that they are still free when a server that was
     * told of them comes up, whatever connects and listens meanwhile.
     */
    public static List<Integer> takeLasting(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int tries = 0; held.size() < count && tries < TRIES; tries++) {
                hold(ThreadLocalRandom.current().nextInt(LOWEST, EPHEMERAL), held);
            }
            if (held.size() < count) {
                throw new MeasurementException("no free port among " + LOWEST + " to " + EPHEMERAL);
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            held.forEach(FreePorts::release);
        }
    }

    private static void hold(int port, List<ServerSocket> held) {
        try {
            held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
            // taken
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new MeasurementException("cannot release port " + socket.getLocalPort(), e);
        }
    }
}
