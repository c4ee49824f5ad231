package dev.weir.balancer.doctor;

import dev.weir.balancer.failure.RouteLookup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether this host has a route to each address, and from which of its own addresses. Asks the kernel by connecting a UDP socket,
 * which looks the route up and sends nothing.
 */
final class RouteCheck {
    private final int port;

    RouteCheck(int port) {
        this.port = port;
    }

    /** @return the addresses that have a route, in the same order */
    List<InetAddress> check(List<InetAddress> addresses, Findings findings) {
        Map<InetAddress, IOException> failed = new LinkedHashMap<>();
        Map<InetAddress, InetAddress> sources = new LinkedHashMap<>();
        for (InetAddress address : addresses) {
            try {
                sources.put(address, RouteLookup.source(new InetSocketAddress(address, port)));
            } catch (IOException e) {
                failed.put(address, e);
            }
        }
        failed.forEach((address, failure) -> report(address, failure, sources.keySet(), findings));
        List<Object> routes = new ArrayList<>();
        sources.forEach((address, source) -> {
            routes.add(Map.of("to", Addresses.text(address), "from", Addresses.text(source)));
            findings.ok("route", Addresses.text(address) + " is reached from " + Addresses.text(source));
        });
        findings.fact("routes", routes);
        return List.copyOf(sources.keySet());
    }

    private static void report(
            InetAddress address, IOException failure, Iterable<InetAddress> working, Findings findings) {
        List<InetAddress> others = new ArrayList<>();
        working.forEach(others::add);
        String ip = Addresses.text(address);
        ConnectFailure kind = ConnectFailure.of(failure);
        Severity severity = Candidates.severity(address, others);
        findings.add(severity, kind.code(), text(kind, ip, failure), advice(kind, ip, address));
    }

    static String text(ConnectFailure kind, String ip, IOException failure) {
        return switch (kind) {
            case NO_ROUTE -> "This host has no route to " + ip + " (network is unreachable).";
            case HOST_UNREACHABLE -> ip + " is unreachable from this host (no route to host).";
            case FORBIDDEN -> "The kernel of this host forbids connecting to " + ip + " (permission denied).";
            case BLACKHOLE -> "A route of this host throws away all that goes to " + ip + " (blackhole).";
            case NO_SOURCE_ADDRESS -> "This host has no address or port to connect to " + ip + " from.";
            case REFUSED, NO_ANSWER, RESET, OTHER -> ip + " cannot be reached: " + failure.getMessage() + ".";
        };
    }

    static String advice(ConnectFailure kind, String ip, InetAddress address) {
        String look = "look at `ip route get " + ip + "`";
        return switch (kind) {
            case NO_ROUTE ->
                Candidates.family(address).equals("IPv6")
                        ? "Give this host IPv6, or take the AAAA record out; " + look + "."
                        : "The fault lies on this side: " + look + " and add the route, or check the address.";
            case HOST_UNREACHABLE ->
                "The host or pod is gone, a firewall says so by ICMP, or a route here is 'unreachable': " + look + ".";
            case FORBIDDEN ->
                "Remove the prohibit route (" + look
                        + ") or the local firewall rule; with SELinux: setsebool -P httpd_can_network_connect 1.";
            case BLACKHOLE -> "Remove the blackhole route: " + look + ".";
            case NO_SOURCE_ADDRESS ->
                "Check that an address of that family is up (`ip addr`), and that source ports are free (`ss -s`,"
                        + " net.ipv4.ip_local_port_range).";
            case REFUSED, NO_ANSWER, RESET, OTHER -> "Check the network of this host: " + look + ".";
        };
    }
}
