package dev.weir.balancer.incident;

import java.util.concurrent.TimeUnit;

/** What is said when the backend had a connection, and sent no answer on it. */
final class RequestFindings {
    /** No server has a shorter keep-alive time: under this, a close is no matter of idling. */
    private static final long JUST_NOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private RequestFindings() {}

    static Diagnosis of(Cause cause, Evidence evidence) {
        return switch (cause) {
            case HUNG_UP_AT_ONCE -> hungUpAtOnce(evidence);
            case HUNG_UP ->
                new Diagnosis(
                        cause,
                        evidence.backend() + " closed " + evidence.waited() + " after receiving " + evidence.request()
                                + " without answering.",
                        "Look into " + evidence.log() + " for a crash, a worker timeout or an out-of-memory kill.");
            case STALE_CONNECTION -> stale(evidence);
            case HALF_OPEN_CONNECTION ->
                new Diagnosis(
                        cause,
                        "No answer of " + evidence.backend() + " in " + evidence.waited()
                                + " on a connection that had been idle for "
                                + Amount.time(evidence.attempt().idleNanos())
                                + ": a firewall or NAT on the way has probably forgotten it.",
                        "Set connections.idle below the timeout of what stands between. If new connections to "
                                + evidence.backend() + " hang too, it is stuck itself.");
            case UNASKED_TIMEOUT ->
                new Diagnosis(
                        cause,
                        evidence.backend() + " sent 408 and closed the "
                                + (evidence.attempt().reused()
                                        ? "connection, which had been idle for "
                                                + Amount.time(evidence.attempt().idleNanos())
                                        : "new connection")
                                + ", instead of answering " + evidence.request() + ".",
                        "Raise the time-outs for idle connections and for request heads on " + evidence.backend()
                                + ".");
            case HUNG_UP_ON_UPLOAD ->
                new Diagnosis(
                        cause,
                        evidence.backend() + " hung up after "
                                + Amount.bytes(evidence.attempt().sentBytes()) + " of " + evidence.request()
                                + ", while the body was still being sent.",
                        "Look at the limit for bodies of " + evidence.backend()
                                + ": it may have refused the upload with an answer that its hanging up"
                                + " destroyed. After such an answer it should read on, or close gracefully.");
            case HUNG_UP_ON_LARGE_HEAD -> largeHead(evidence);
            case STOPPED_READING ->
                new Diagnosis(
                        cause,
                        evidence.backend() + " took "
                                + Amount.bytes(evidence.attempt().sentBytes()) + " of " + evidence.request()
                                + ", then stopped reading for " + evidence.waited() + ".",
                        "Look for a stuck handler or a full disk on " + evidence.host() + ".");
            default ->
                new Diagnosis(
                        cause,
                        evidence.backend() + " did not start answering " + evidence.request() + " in "
                                + evidence.waited() + "; "
                                + Amount.count(evidence.condition().inFlight(), "request") + " in flight there.",
                        "On " + evidence.backend()
                                + ", look for a stuck handler, overload or a slow dependency;"
                                + " timeouts.response-head grants more time.");
        };
    }

    private static Diagnosis hungUpAtOnce(Evidence evidence) {
        boolean unknown = !evidence.condition().everAnswered();
        return new Diagnosis(
                Cause.HUNG_UP_AT_ONCE,
                evidence.backend() + " accepted the connection and hung up within " + evidence.waited()
                        + " without a byte" + (unknown ? "; it has never answered anything." : "."),
                "On " + evidence.backend() + ", look for "
                        + (unknown ? "TLS or the PROXY protocol expected on this port, " : "")
                        + "a connection limit, a crash on this request, or a dead hop behind it.");
    }

    private static Diagnosis stale(Evidence evidence) {
        long idle = evidence.attempt().idleNanos();
        long keepAlive = evidence.condition().keepAliveNanos();
        if (idle < JUST_NOW_NANOS) {
            return new Diagnosis(
                    Cause.STALE_CONNECTION,
                    evidence.backend() + " closed a connection without an answer as it was reused, " + Amount.time(idle)
                            + " after an answer on it.",
                    "See whether " + evidence.backend()
                            + " ends connections without saying so (`Connection: close`), or hangs up on"
                            + " requests: then its log"
                            + " at " + evidence.moment() + " tells more.");
        }
        return new Diagnosis(
                Cause.STALE_CONNECTION,
                evidence.backend() + " closed an idle connection just as it was reused (idle for " + Amount.time(idle)
                        + (keepAlive > 0 ? "; its keep-alive is " + Amount.time(keepAlive) : "") + ").",
                "Raise the keep-alive time of " + evidence.backend() + " above connections.idle ("
                        + evidence.pool().limits().idle().toSeconds()
                        + " s), or lower that.");
    }

    private static Diagnosis largeHead(Evidence evidence) {
        RequestFacts request = evidence.dossier().request();
        String largest = request.largestField() == null
                ? ""
                : ", of which " + request.largestField() + " " + Amount.bytes(request.largestFieldBytes());
        return new Diagnosis(
                Cause.HUNG_UP_ON_LARGE_HEAD,
                evidence.backend() + " hung up within " + evidence.waited() + " on a request with a head of "
                        + Amount.bytes(request.headBytes()) + largest + ".",
                "If smaller requests pass, raise the limit for request heads of " + evidence.backend()
                        + " (uWSGI: buffer-size; Node:" + " --max-http-header-size), or make the field smaller.");
    }
}
