package dev.weir.balancer.doctor;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;

/**
 * How bad it is that one of several addresses does not work. An address that fails while another of its family works takes its
 * share of the requests with it. If a whole family fails while the other works, whoever tries both gets through, with a delay.
 */
final class Candidates {
    private Candidates() {}

    static Severity severity(InetAddress failed, Collection<InetAddress> working) {
        if (working.isEmpty() || working.stream().anyMatch(other -> sameFamily(other, failed))) {
            return Severity.PROBLEM;
        }
        return Severity.WARNING;
    }

    private static boolean sameFamily(InetAddress a, InetAddress b) {
        return a instanceof Inet4Address == b instanceof Inet4Address;
    }

    static String family(InetAddress address) {
        return address instanceof Inet4Address ? "IPv4" : "IPv6";
    }
}
