package dev.weir.balancer.incident;

import dev.weir.balancer.failure.Errno;
import java.util.List;

/** What is said when no connection to the backend could be had. */
final class ConnectFindings {
    private static final String NOT_THE_BACKEND = " The backend is not to blame.";

    /** From this share of a pool on, it is rather the way there. */
    private static final int MOST_OF = 2;

    private ConnectFindings() {}

    static Diagnosis of(Cause cause, Evidence evidence) {
        return switch (cause) {
            case REFUSED ->
                new Diagnosis(
                        cause,
                        evidence.backend() + " refused the connection within " + evidence.duration()
                                + ": nothing listens there, or a firewall rejects (which cannot be told apart from here)"
                                + evidence.resolution() + ".",
                        "Is the process behind " + evidence.backend()
                                + " up, and is that its port? Else look for a REJECT rule on the way."
                                + localhost(evidence));
            case ALWAYS_REFUSED -> alwaysRefused(evidence);
            case CONNECT_TIMEOUT -> timeout(evidence);
            case ACCEPT_QUEUE_FULL ->
                new Diagnosis(
                        cause,
                        evidence.backend() + " is up ("
                                + Amount.count(evidence.condition().standing(), "earlier connection")
                                + " to it open) but accepted no new one in " + evidence.duration()
                                + ": its accept queue is full.",
                        "On " + evidence.host()
                                + ", look at Recv-Q in `ss -lnt`, at stuck threads, and at the listen backlog. If what is"
                                + " open there is silent, too, the host itself may be gone.");
            case HOST_UNREACHABLE ->
                new Diagnosis(
                        cause,
                        "The network says that " + evidence.backend() + " cannot be reached" + errno(evidence)
                                + ": host or pod gone, or a firewall forbids it"
                                + (evidence.failure().errno() == 0 ? ", or this balancer's host has no route." : "."),
                        "Check that " + evidence.host() + " still exists; the list of backends may be out of date.");
            case NO_ROUTE_TO_BACKEND ->
                new Diagnosis(
                        cause,
                        "This balancer's host has no route to " + evidence.backend() + errno(evidence) + ".",
                        "Repair the routes of this balancer's host (`ip route get " + evidence.host()
                                + "`); the backend may be well.");
            case SOURCE_PORTS_EXHAUSTED ->
                new Diagnosis(
                        cause,
                        "This balancer ran out of source ports to " + evidence.backend() + errno(evidence) + ", with "
                                + Amount.count(evidence.condition().connections(), "connection") + " open.",
                        "Let connections be kept alive, widen net.ipv4.ip_local_port_range, set net.ipv4.tcp_tw_reuse=1,"
                                + " or add balancers." + NOT_THE_BACKEND);
            case FILES_EXHAUSTED ->
                new Diagnosis(
                        cause,
                        "This balancer has no file descriptor left to connect to " + evidence.backend()
                                + errno(evidence) + ".",
                        "Raise LimitNOFILE (systemd) or ulimit -n of the balancer." + NOT_THE_BACKEND);
            case MEMORY_EXHAUSTED ->
                new Diagnosis(
                        cause,
                        "This balancer ran out of memory for connections and buffers" + evidence.detailInBrackets()
                                + ".",
                        "Give the balancer more memory, or fewer connections (limits.connections)." + NOT_THE_BACKEND);
            case RESOURCES_EXHAUSTED ->
                new Diagnosis(
                        cause,
                        "This balancer's host lacked a resource to connect to " + evidence.backend()
                                + evidence.detailInBrackets() + ".",
                        evidence.failure().error().remedy() + NOT_THE_BACKEND);
            case CONNECT_FORBIDDEN ->
                new Diagnosis(
                        cause,
                        "The kernel forbids this balancer to connect to " + evidence.backend() + errno(evidence) + ".",
                        "On this balancer's host, look at SELinux (`setsebool -P httpd_can_network_connect 1`),"
                                + " seccomp, or a prohibit route."
                                + NOT_THE_BACKEND);
            case NAME_NOT_RESOLVED ->
                new Diagnosis(
                        cause,
                        "There is no address for " + evidence.host()
                                + (evidence.detail() == null ? "." : ": " + evidence.detail() + "."),
                        "Check the name " + evidence.host() + ", its record, and the resolver (`getent hosts "
                                + evidence.host() + "`).");
            case RESOLVER_SILENT ->
                new Diagnosis(
                        cause,
                        "The DNS resolver did not answer for " + evidence.host() + " in " + evidence.duration()
                                + evidence.detailInBrackets() + ".",
                        "Check that the resolvers of /etc/resolv.conf run and can be reached from here.");
            default ->
                new Diagnosis(
                        cause,
                        "No connection to " + evidence.backend() + " could be had" + evidence.detailInBrackets() + ".",
                        evidence.failure().error().remedy());
        };
    }

    private static Diagnosis alwaysRefused(Evidence evidence) {
        List<PoolFacts.Member> members = evidence.pool().members();
        boolean nobody = members.size() > 1
                && members.stream().noneMatch(member -> member.condition().everAnswered());
        String who = nobody
                ? "any of the " + members.size() + " backends of pool "
                        + evidence.pool().pool()
                : evidence.backend();
        return new Diagnosis(
                Cause.ALWAYS_REFUSED,
                evidence.backend()
                        + " refused the connection: nothing listens there, or a firewall rejects (which cannot be told apart"
                        + " from here)" + evidence.resolution() + ". No connection to " + who
                        + " ever succeeded" + (nobody ? "" : " since it was added " + evidence.age() + " ago")
                        + ".",
                "Start what is to listen on " + evidence.backend()
                        + ", or correct the port (in Kubernetes targetPort and containerPort); and the"
                        + " application has to bind 0.0.0.0, not 127.0.0.1. Else look for a REJECT rule on the way."
                        + localhost(evidence));
    }

    private static String localhost(Evidence evidence) {
        return evidence.host().equals("localhost")
                ? " localhost stands for 127.0.0.1 and ::1: name the one that it listens on."
                : "";
    }

    private static Diagnosis timeout(Evidence evidence) {
        int members = evidence.pool().members().size();
        int alike = Math.max(evidence.alike(), evidence.silent());
        if (alike > 1 && alike * MOST_OF > members) {
            return new Diagnosis(
                    Cause.CONNECT_TIMEOUT,
                    "Connection attempts to " + alike + " of " + members + " backends get no answer, "
                            + evidence.backend() + " among them: rather the way there than the backends.",
                    "Look at this node's network: firewall, `conntrack -S` and nf_conntrack_max.");
        }
        return new Diagnosis(
                Cause.CONNECT_TIMEOUT,
                evidence.backend() + " gave no answer at all to a connection attempt in " + evidence.duration()
                        + ": packets are dropped; the port is not refusing.",
                "Look for a firewall, security group or NetworkPolicy on the way to " + evidence.backend()
                        + ", a dead host, or a full accept queue (`ss -lnt` there).");
    }

    private static String errno(Evidence evidence) {
        int errno = evidence.failure().errno();
        return switch (errno) {
            case Errno.NONE -> "";
            case Errno.EINVAL -> " (EINVAL: a blackhole route)";
            default -> " (" + Errno.name(errno) + ")";
        };
    }
}
