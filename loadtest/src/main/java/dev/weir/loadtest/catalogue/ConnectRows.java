package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.fails;
import static dev.weir.loadtest.catalogue.Expected.failsHere;

import dev.weir.loadtest.catalogue.Case.Moment;
import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.catalogue.Expected.Side;
import java.util.List;

/** Group A: until the connection stands. */
final class ConnectRows {
    static final List<Row> ALL = List.of(
            Row.of(
                    "A1",
                    "Process down, or the port is wrong",
                    Case.fault("refuse", fails("connection_refused", Retry.R0).saying("nothing listens"))),
            Row.of(
                    "A2",
                    "Listens on another address of its host",
                    Case.fault(
                            "listens-elsewhere",
                            fails("connection_refused", Retry.R0).saying("ever succeeded.*(0\\.0\\.0\\.0|port)"))),
            Row.of(
                    "A3",
                    "A firewall drops packets",
                    Case.standard(
                                    "drop",
                                    "a firewall on the way drops packets to the backend (iptables)",
                                    NetworkCast.firewall("-j", "DROP"),
                                    fails("connection_timeout", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying("drop"))
                            .inNamespace()
                            .withPeers()),
            Row.of(
                    "A4",
                    "A firewall rejects",
                    rejected("tcp-reset", "connection_refused", "firewall"),
                    rejected("icmp-port-unreachable", "connection_refused", "firewall")),
            Row.of(
                    "A5",
                    "Host or pod gone",
                    rejected("icmp-host-unreachable", "destination_ip_unroutable", "gone|cannot be reached"),
                    rejected("icmp-admin-prohibited", "destination_ip_unroutable", "gone|cannot be reached|firewall"),
                    Case.standard(
                                    "unreachable-route",
                                    "ip route add unreachable",
                                    NetworkCast.route("unreachable"),
                                    fails("destination_ip_unroutable", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying("gone|cannot be reached"))
                            .inNamespace()
                            .withPeers()),
            Row.of(
                    "A6",
                    "No route on the balancer's own host",
                    Case.standard(
                                    "no-route",
                                    "a host outside of every route",
                                    NetworkCast.elsewhere(),
                                    fails("destination_ip_unroutable", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying("no route"))
                            .inNamespace()
                            .withPeers()
                            .differing(
                                    "ENETUNREACH cannot be told from EHOSTUNREACH: both native transports throw the same"
                                            + " exception for it, without the number. So this host is named as one of three"
                                            + " possible culprits, and readiness is not given up for it; a backend that cannot be"
                                            + " reached from here is of no use here, and is ejected, but never the last one"),
                    Case.standard(
                                    "blackhole-route",
                                    "ip route add blackhole",
                                    NetworkCast.route("blackhole"),
                                    fails("destination_ip_unroutable", Retry.R0)
                                            .blaming(Side.BALANCER)
                                            .saying("no route"))
                            .inNamespace()
                            .withPeers(),
                    Case.of(
                                    "no-route-to-anybody",
                                    "ip route add blackhole for all backends of the pool",
                                    NetworkCast.routesToAll("blackhole"),
                                    NetworkPlays::noRouteToAnybody)
                            .inNamespace()),
            Row.of(
                    "A7",
                    "Accept queue full",
                    Case.fault(
                                    "accept-queue-full",
                                    fails("connection_timeout", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying("accept queue|Recv-Q|drop"))
                            .differing(
                                    "from outside a full accept queue looks like packets that are dropped, unless earlier"
                                            + " connections are open; then the line says so. Its weight is not reduced bit by bit:"
                                            + " what takes no connection can do nothing with any weight, and is ejected")),
            Row.of(
                    "A8",
                    "The balancer's source ports are exhausted",
                    Case.of(
                                    "four-ports",
                                    "four source ports, all in use for this backend",
                                    NetworkCast.ports(),
                                    OwnPlays::sourcePorts)
                            .expecting(failsHere(503, "proxy_internal_error", Retry.R0)
                                    .saying("source ports"))
                            .inNamespace()
                            .at(Moment.UNDISTURBED)),
            Row.of(
                    "A9",
                    "The balancer's file descriptors are exhausted",
                    Case.of(
                                    "no-descriptor-left",
                                    "the limit is set to what is in use",
                                    FaultCast.of("close-after-response"),
                                    OwnPlays::descriptors)
                            .expecting(failsHere(503, "proxy_internal_error", Retry.R0)
                                    .saying("descriptor"))
                            .at(Moment.UNDISTURBED)),
            Row.absent(
                    "A10",
                    "Connection tracking table full",
                    "nf_conntrack_max cannot be set in a network namespace: it takes a machine of its own. What the"
                            + " balancer sees of it is A3"),
            Row.of(
                    "A11",
                    "localhost is ::1, but the backend listens on IPv4 only, or the reverse",
                    Case.of(
                                    "localhost-ipv4-only",
                                    FaultCast.describe("localhost-ipv4-only"),
                                    FaultCast.of("localhost-ipv4-only"),
                                    NamePlays::alwaysWell)
                            .withPeers(),
                    Case.of(
                            "dns-two-families",
                            FaultCast.describe("dns-two-families"),
                            FaultCast.of("dns-two-families"),
                            NamePlays::alwaysWell)),
            Row.of(
                    "A12",
                    "The kernel forbids the connection (SELinux, seccomp, a prohibit route)",
                    Case.standard(
                                    "prohibit-route",
                                    "ip route add prohibit, which is the same EACCES",
                                    NetworkCast.route("prohibit"),
                                    failsHere(500, "proxy_internal_error", Retry.R0)
                                            .saying("forbid|EACCES"))
                            .inNamespace()
                            .withPeers()),
            Row.absent("A13", "Unix socket missing or full", "the balancer knows no backends on Unix sockets"),
            Row.of(
                    "A14",
                    "Accepts, then hangs up at once",
                    hangsUp("close-on-accept"),
                    hangsUp("reset-on-accept"),
                    hangsUp("reset-after-accept")));

    private ConnectRows() {}

    private static Case rejected(String with, String type, String says) {
        return Case.standard(
                        with,
                        "a firewall on the way rejects with " + with + " (iptables)",
                        NetworkCast.firewall("-j", "REJECT", "--reject-with", with),
                        fails(type, Retry.R0)
                                .blaming(type.equals("connection_refused") ? Side.BACKEND : Side.NETWORK)
                                .saying(says))
                .inNamespace()
                .withPeers();
    }

    private static Case hangsUp(String fault) {
        return Case.fault(
                fault,
                fails("connection_terminated", Retry.R0_OR_R1).saying("hung up|hangs up|closed .*without answering"));
    }
}
