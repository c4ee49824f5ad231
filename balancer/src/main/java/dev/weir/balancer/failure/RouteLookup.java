package dev.weir.balancer.failure;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;

/**
 * Asks the kernel of this host for its way to an address, by connecting a UDP socket: that looks the route up and sends nothing.
 * A few system calls; thread-safe.
 */
public final class RouteLookup {
    private RouteLookup() {}

    /**
     * Which of this host's addresses leads there.
     *
     * @throws IOException as connecting over TCP would throw it, had the kernel no way there
     */
    public static InetAddress source(InetSocketAddress remote) throws IOException {
        try (DatagramChannel channel = open(remote)) {
            channel.connect(remote);
            return ((InetSocketAddress) channel.getLocalAddress()).getAddress();
        }
    }

    private static DatagramChannel open(InetSocketAddress remote) throws IOException {
        boolean v4 = remote.getAddress() instanceof Inet4Address;
        try {
            return DatagramChannel.open(v4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException e) { // no IPv6 in this kernel
            throw new IOException("this host does not speak " + (v4 ? "IPv4" : "IPv6"), e);
        }
    }

    /**
     * Whether this host is to blame that there is no way: its network is unreachable (ENETUNREACH), rather than the other host
     * (EHOSTUNREACH), of which the network has told, or a route that somebody set for that.
     */
    public static boolean findsNone(InetSocketAddress remote) {
        try (DatagramChannel channel = open(remote)) {
            return findsNone(channel, remote);
        } catch (IOException unknown) { // such as no descriptor left
            return false;
        }
    }

    private static boolean findsNone(DatagramChannel channel, InetSocketAddress remote) throws IOException {
        try {
            channel.connect(remote);
            return false;
        } catch (NoRouteToHostException | BindException | ConnectException other) {
            return false;
        } catch (SocketException noRoute) { // the JDK has no class of its own for ENETUNREACH
            return true;
        }
    }
}
