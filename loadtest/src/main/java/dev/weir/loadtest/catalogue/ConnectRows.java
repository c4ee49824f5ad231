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
                    Case.fault(
                            "refuse",
                            fails("connection_refused", Retry.R0)
                                    .saying("nothing listens there, or a firewall rejects"))),
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
                    rejected("tcp-reset", "connection_refused", "or a firewall rejects"),
                    rejected("icmp-port-unreachable", "connection_refused", "or a firewall rejects")),
            Row.of(
                    "A5",
                    "Host or pod gone",
                    rejected("icmp-host-unreachable", "destination_ip_unroutable", "gone|cannot be reached")
                            .differing(
                                    "ejected after failures in a row, and not at once: a router that starts anew says the"
                                            + " same of hosts that are well, and until then each request is saved by another"
                                            + " backend within a round trip. A backend with a name has that asked for anew at"
                                            + " the first failure, see B3"),
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
                                            .blaming(Side.BALANCER)
                                            .saying("This balancer's host has no route to .*ENETUNREACH"))
                            .inNamespace()
                            .withPeers(),
                    Case.standard(
                                    "blackhole-route",
                                    "ip route add blackhole",
                                    NetworkCast.route("blackhole"),
                                    fails("destination_ip_unroutable", Retry.R0)
                                            .blaming(Side.BALANCER)
                                            .saying("This balancer's host has no route to"))
                            .inNamespace()
                            .withPeers(),
                    toNobody(
                            "blackhole-to-anybody",
                            "ip route add blackhole for all backends of the pool",
                            NetworkCast.route("blackhole")),
                    toNobody(
                            "no-route-to-anybody",
                            "all backends of the pool are outside of every route",
                            NetworkCast.elsewhere())),
            Row.of(
                    "A7",
                    "Accept queue full",
                    Case.fault(
                                    "accept-queue-full",
                                    fails("connection_timeout", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying("packets are dropped.*full accept queue"))
                            .differing(
                                    "from outside the full accept queue of a backend that has never answered looks like packets"
                                            + " that are dropped. Its weight is not reduced bit by bit: what takes no"
                                            + " connection can do nothing with any weight, and is ejected"),
                    Case.of(
                                    "all-workers-stuck",
                                    "two workers, both stuck with a request, and a full accept queue",
                                    WorkerCast.of(
                                            1,
                                            WorkerPlays.WORKERS,
                                            "timeouts: { connect: 300ms, response-head: 20s, body-idle: 2s, queue: 300ms }",
                                            "connections: { idle: 2s }"),
                                    WorkerPlays::acceptQueueFull)
                            .expecting(fails("connection_timeout", Retry.R0)
                                    .saying("is up \\(2 earlier connections.*accept queue"))),
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
            Row.of(
                    "A10",
                    "Connection tracking table full",
                    Case.of(
                                    "drop-to-everybody",
                                    "nf_conntrack_max cannot be set in a network namespace; what the balancer sees of a full"
                                            + " table is that packets to all backends are dropped (iptables)",
                                    NetworkCast.toAll(
                                            3,
                                            NetworkCast.firewall("-j", "DROP"),
                                            "timeouts: { connect: 300ms, response-head: 800ms, body-idle: 800ms, queue: 300ms }"),
                                    NetworkPlays::silenceEverywhere)
                            .expecting(fails("connection_timeout", Retry.R0)
                                    .blaming(Side.NETWORK)
                                    .saying("of 3 backends get no answer.*rather the way there.*conntrack"))
                            .inNamespace()),
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

    private static Case toNobody(String name, String how, Staging each) {
        return Case.of(name, how, NetworkCast.toAll(2, each), NetworkPlays::noRouteToAnybody)
                .expecting(fails("destination_ip_unroutable", Retry.R0)
                        .blaming(Side.BALANCER)
                        .saying("This balancer's host has no route to"))
                .inNamespace();
    }

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
