package dev.weir.balancer.incident;

import dev.weir.balancer.failure.ProxyError;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What is said of requests that failed without a backend's fault, or without any backend. */
final class OwnFindings {
    private static final int MOST_NAMED = 5;

    private OwnFindings() {}

    static Diagnosis of(Dossier dossier, PoolFacts pool) {
        if (dossier.result() == Dossier.Result.CLIENT_LEFT) {
            return clientLeft(dossier);
        }
        ProxyError error = Objects.requireNonNullElse(dossier.error(), ProxyError.PROXY_INTERNAL_ERROR);
        Cause cause = CauseFinder.of(error);
        String detail = dossier.detail() == null ? "" : " (" + dossier.detail() + ")";
        return switch (cause) {
            case NO_BACKEND_USABLE -> noBackend(dossier, pool);
            case POOL_BUSY -> busy(dossier, pool);
            case MAINTENANCE ->
                new Diagnosis(
                        cause,
                        "Operators closed pool " + pool.pool() + ", or took out all of its backends" + detail + ".",
                        "Nothing to repair. `weir directives` lists what was asked for; `weir maintenance "
                                + pool.pool() + " --off` or `weir enable BACKEND` ends it.");
            case LOOP ->
                new Diagnosis(
                        cause,
                        "The request came back to this balancer" + detail + ": route " + route(dossier)
                                + " leads to the balancer itself, directly or through others.",
                        "Correct the backends of pool " + pool.pool() + ".");
            case NAME_NOT_RESOLVED, RESOLVER_SILENT ->
                new Diagnosis(
                        cause,
                        "No backend of pool " + pool.pool() + " has an address"
                                + (dossier.detail() == null ? "." : ": " + dossier.detail() + "."),
                        "Check the names of its backends and their records; and that the resolvers (/etc/resolv.conf, or"
                                + " section dns) run and can be reached from here.");
            case RESOURCES_EXHAUSTED ->
                new Diagnosis(
                        cause,
                        "This balancer or its host lacked a resource" + detail + ". No backend is to blame.",
                        error.remedy());
            case NO_ROUTE ->
                new Diagnosis(
                        cause,
                        "No route matches host "
                                + Objects.requireNonNullElse(dossier.request().host(), "(none)") + " and path "
                                + dossier.request().path() + ".",
                        "Add a route if it should be served.");
            case BAD_REQUEST ->
                new Diagnosis(
                        cause,
                        "The client's request was refused with " + dossier.status() + detail + ".",
                        "Nothing to repair on this side, unless the limit named is too low.");
            default ->
                new Diagnosis(
                        cause,
                        "The balancer itself failed" + detail + ".",
                        "Look up incident " + dossier.id() + " in its log. " + error.remedy());
        };
    }

    private static String route(Dossier dossier) {
        return Objects.requireNonNullElse(dossier.route(), "(none)");
    }

    private static Diagnosis clientLeft(Dossier dossier) {
        String where = dossier.attempts().isEmpty()
                ? "while it waited for a free connection"
                : "while " + dossier.attempts().getLast().backend() + " worked on it";
        return new Diagnosis(
                Cause.CLIENT_LEFT,
                "The client left after " + Amount.time(dossier.durationNanos()) + ", " + where
                        + ": no fault of the backend's.",
                "Nothing to repair; if many leave, see whether answers take too long.");
    }

    private static Diagnosis noBackend(Dossier dossier, PoolFacts pool) {
        if (pool.members().isEmpty()) {
            return new Diagnosis(
                    Cause.NO_BACKEND_USABLE,
                    "Pool " + pool.pool() + " has no backends.",
                    "Add some, or check what discovers them: selector, readiness, names.");
        }
        String why = dossier.detail() == null ? whyNow(pool) : dossier.detail();
        return new Diagnosis(
                Cause.NO_BACKEND_USABLE,
                "No backend of pool " + pool.pool() + " was left for this request: " + why + ".",
                "Start or repair one that is out, or enable one.");
    }

    static String whyNow(PoolFacts pool) {
        List<PoolFacts.Member> out =
                pool.members().stream().filter(member -> !member.usable()).toList();
        return pool.members().size() - out.size() + " of " + pool.members().size() + " are usable now"
                + (out.isEmpty() ? "" : "; ")
                + out.stream()
                        .limit(MOST_NAMED)
                        .map(member -> member.backend() + " " + whyOut(member.condition()))
                        .collect(Collectors.joining(", "))
                + (out.size() > MOST_NAMED ? ", and " + (out.size() - MOST_NAMED) + " more" : "");
    }

    private static String whyOut(BackendCondition condition) {
        if (!condition.admin().equals("enabled")) {
            return "is " + condition.admin();
        }
        if (condition.ejected()) {
            return "is ejected for failing requests";
        }
        if (condition.health().equals("down")) {
            return "fails its checks";
        }
        return condition.shunned() ? "is out as other balancer nodes took it out" : "gets no share of traffic";
    }

    private static Diagnosis busy(Dossier dossier, PoolFacts pool) {
        PoolFacts.Limits limits = pool.limits();
        long waitNanos = limits.queueTimeout().toNanos();
        boolean waited = waitNanos > 0 && dossier.durationNanos() >= waitNanos;
        PoolFacts.Share share = limits.requestsPerBackend();
        boolean shared = share.isStricterThan(limits.connectionsPerBackend());
        int count = pool.members().size();
        String eachBackend =
                (count == 1 ? " the backend of pool " : " each of the " + count + " backends of pool ") + pool.pool();
        return new Diagnosis(
                Cause.POOL_BUSY,
                (shared
                                ? "This node had as many requests in flight at" + eachBackend + " as it may: "
                                        + share.words() + " of connections.max-requests, which is " + share.whole()
                                        + " for all nodes together"
                                : "All " + limits.connectionsPerBackend() + " connections to" + eachBackend
                                        + " were busy")
                        + ", and "
                        + (waited
                                ? "none got free in "
                                        + Amount.time(Math.max(waitNanos, TimeUnit.MILLISECONDS.toNanos(1)))
                                : "the queue was full (" + limits.queue() + " waiting)")
                        + ".",
                "Add backends, make them faster, or raise connections." + (shared ? "max-requests" : "per-backend")
                        + (waited ? " or timeouts.queue." : " or connections.queue."));
    }
}
