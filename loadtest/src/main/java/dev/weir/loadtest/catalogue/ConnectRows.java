package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.fails;
import static dev.weir.loadtest.catalogue.Expected.failsHere;

import dev.weir.loadtest.catalogue.Case.Moment;
import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.catalogue.Expected.Side;
import dev.weir.loadtest.process.Tool;
import java.util.List;

/** Group A: until the connection stands. */
final class ConnectRows {
    static final String NOTHING_LISTENS =
            "refused the connection: nothing listens there, or a firewall rejects \\(which cannot be told apart from here\\)"
                    + ".*ever succeeded.*Start what is to listen on .*bind 0\\.0\\.0\\.0, not 127\\.0\\.0\\.1.*"
                    + "Else look for a REJECT rule on the way";
    private static final String DROPPED = "gave no answer at all to a connection attempt in .*: packets are dropped.*"
            + "Look for a firewall, security group or NetworkPolicy .*full accept queue \\(`ss -lnt` there\\)";
    private static final String UNREACHABLE =
            "network says that .* cannot be reached( \\(E\\w+\\))?: host or pod gone, or a"
                    + " firewall forbids it.*Check that .* still exists";
    private static final String NO_ROUTE = "This balancer's host has no route to \\S+ \\(%s\\).*"
            + "Repair the routes of this balancer's host \\(`ip route get ";
    private static final String BLACKHOLE = "EINVAL: a blackhole route";

    static final List<Row> ALL = List.of(
            Row.of(
                    "A1",
                    "Process down, or the port is wrong",
                    Case.fault("refuse", fails("connection_refused", Retry.R0).saying(NOTHING_LISTENS))),
            Row.of(
                    "A2",
                    "Listens on another address of its host",
                    Case.fault(
                            "listens-elsewhere",
                            fails("connection_refused", Retry.R0).saying(NOTHING_LISTENS))),
            Row.of(
                    "A3",
                    "A firewall drops packets",
                    Case.standard(
                                    "drop",
                                    "a firewall on the way drops packets to the backend (iptables)",
                                    NetworkCast.firewall("-j", "DROP"),
                                    fails("connection_timeout", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying(DROPPED))
                            .inNamespace()
                            .withPeers()),
            Row.of(
                    "A4",
                    "A firewall rejects",
                    rejected("tcp-reset", "connection_refused", NOTHING_LISTENS),
                    rejected("icmp-port-unreachable", "connection_refused", NOTHING_LISTENS)),
            Row.of(
                    "A5",
                    "Host or pod gone",
                    rejected("icmp-host-unreachable", "destination_ip_unroutable", UNREACHABLE)
                            .differing(
                                    "ejected after failures in a row, and not at once: a router that starts anew says the"
                                            + " same of hosts that are well, and until then each request is saved by another"
                                            + " backend within a round trip. A backend with a name has that asked for anew at"
                                            + " the first failure, see B3"),
                    rejected("icmp-admin-prohibited", "destination_ip_unroutable", UNREACHABLE),
                    Case.standard(
                                    "unreachable-route",
                                    "ip route add unreachable",
                                    NetworkCast.route("unreachable"),
                                    fails("destination_ip_unroutable", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying(UNREACHABLE))
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
                                            .saying(NO_ROUTE.formatted("ENETUNREACH")))
                            .inNamespace()
                            .withPeers(),
                    Case.standard(
                                    "blackhole-route",
                                    "ip route add blackhole",
                                    NetworkCast.route("blackhole"),
                                    fails("destination_ip_unroutable", Retry.R0)
                                            .blaming(Side.BALANCER)
                                            .saying(NO_ROUTE.formatted(BLACKHOLE)))
                            .inNamespace()
                            .withPeers(),
                    toNobody(
                            "blackhole-to-anybody",
                            "ip route add blackhole for all backends of the pool",
                            NetworkCast.route("blackhole"),
                            BLACKHOLE),
                    toNobody(
                            "no-route-to-anybody",
                            "all backends of the pool are outside of every route",
                            NetworkCast.elsewhere(),
                            "ENETUNREACH")),
            Row.of(
                    "A7",
                    "Accept queue full",
                    Case.fault(
                                    "accept-queue-full",
                                    fails("connection_timeout", Retry.R0)
                                            .blaming(Side.NETWORK)
                                            .saying(DROPPED))
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
                                    .saying(
                                            "is up \\(2 earlier connections to it open\\) but accepted no new one in .*: its accept"
                                                    + " queue is full.*Recv-Q in `ss -lnt`"))),
            Row.of(
                    "A8",
                    "The balancer's source ports are exhausted",
                    Case.of(
                                    "four-ports",
                                    "four source ports, all in use for this backend",
                                    NetworkCast.ports(),
                                    OwnPlays::sourcePorts)
                            .expecting(failsHere(503, "proxy_internal_error", Retry.R0)
                                    .saying(
                                            "ran out of source ports to .* \\(EADDRNOTAVAIL\\), with 4 connections open.*"
                                                    + "widen net\\.ipv4\\.ip_local_port_range"))
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
                                    .saying("no file descriptor left to connect to .* \\(EMFILE\\).*Raise LimitNOFILE"))
                            .needing(Tool.PRLIMIT)
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
                            .expecting(
                                    fails("connection_timeout", Retry.R0)
                                            .sparing()
                                            .blaming(Side.NETWORK)
                                            .saying(
                                                    "Connection attempts to [23] of 3 backends get no answer, .* among them: rather the"
                                                            + " way there than the backends.*`conntrack -S` and nf_conntrack_max"))
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
                                            .saying(
                                                    "kernel forbids this balancer to connect to .* \\(EACCES\\).*SELinux.*prohibit route"))
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

    private static Case toNobody(String name, String how, Staging each, String why) {
        return Case.of(name, how, NetworkCast.toAll(2, each), NetworkPlays::noRouteToAnybody)
                .expecting(fails("destination_ip_unroutable", Retry.R0)
                        .sparing()
                        .blaming(Side.BALANCER)
                        .saying(NO_ROUTE.formatted(why)))
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
        return Case.fault(fault, fails("connection_terminated", Retry.R0_OR_R1).saying(HungUp.FINDING_AND_REMEDY));
    }
}
