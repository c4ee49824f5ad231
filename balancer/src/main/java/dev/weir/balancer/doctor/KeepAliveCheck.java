package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the backend keeps connections open, for how many requests, and how long it leaves them idle. */
final class KeepAliveCheck {
    private static final int REQUESTS = 10; // enough to tell "one each", "a few" and "kept" apart
    private static final long BALANCERS_NANOS = 60_000_000_000L; // connections.idle by default

    private static final Pattern TIMEOUT = Pattern.compile("(?i)timeout\\s*=\\s*\"?(\\d{1,9})");
    private static final Pattern MAX = Pattern.compile("(?i)max\\s*=\\s*\"?(\\d{1,9})");

    private final Plan plan;
    private final Dialer dialer;
    private final Probe probe;

    KeepAliveCheck(Plan plan, Dialer dialer, Probe probe) {
        this.plan = plan;
        this.dialer = dialer;
        this.probe = probe;
    }

    /** @param ordinary an answer to a first request */
    void check(InetAddress address, Response ordinary, Findings findings) {
        announced(ordinary, TIMEOUT).ifPresent(seconds -> findings.fact("announced_timeout_s", seconds));
        announced(ordinary, MAX).ifPresent(max -> findings.fact("announced_max", max));
        if (!ordinary.intact()) {
            findings.ok(
                    "not-examined",
                    "Nobody reuses a connection after a response whose end did not come (or was not waited for: 8 MB are"
                            + " read at most).",
                    "--path names another one to examine.");
            return;
        }
        findings.fact("kept", ordinary.reusable());
        if (!ordinary.reusable()) {
            notKept(ordinary, findings);
            return;
        }
        series(address, ordinary, findings);
    }

    private static void notKept(Response ordinary, Findings findings) {
        String why = ordinary.framing() == Response.Framing.CLOSE
                ? "its responses have no length"
                : ordinary.head().version().equals("HTTP/1.0") ? "it speaks HTTP/1.0" : "it says Connection: close";
        findings.warning(
                "not-kept",
                "It does not keep connections open: " + why + ". Every request costs a connect.",
                "Switch keep-alive on over there, if that is not meant.");
    }

    private void series(InetAddress address, Response ordinary, Findings findings) {
        int answered = 0;
        boolean announced = false;
        String broken = "";
        try (Wire wire = dialer.wire(address, dialer.step())) {
            while (answered < REQUESTS && !announced && broken.isEmpty()) {
                Answer answer = probe.exchange(wire);
                switch (answer) {
                    case Answer.Got got -> {
                        answered++;
                        announced = !got.response().reusable();
                    }
                    case Answer.Failed failed -> broken = failed.kind().name().toLowerCase(java.util.Locale.ROOT);
                }
            }
        } catch (IOException e) {
            broken = String.valueOf(e.getMessage());
        }
        findings.fact("requests_on_one_connection", answered);
        Optional<Integer> max = announced(ordinary, MAX);
        if (!broken.isEmpty() && answered <= 1) {
            findings.warning(
                    "closes-unannounced",
                    "It closes the connection after its response without saying so (no Connection: close). Whoever sends"
                            + " the next request on it just then gets an error; Weir notices the end and repeats what may"
                            + " be repeated.",
                    "Let it send Connection: close, or keep the connection open.");
        } else if (!broken.isEmpty()) {
            findings.warning(
                    "closes-unannounced",
                    "It closed the connection after " + answered
                            + " requests without saying so (no Connection: close).",
                    "Let it announce the last response with Connection: close.");
        } else {
            String limit = max.map(number -> "; it announces at most " + number).orElse("");
            findings.ok("kept", Amount.count(answered, "request") + " on one connection" + limit + ".");
        }
    }

    void idle(IdleProbe.Result result, Response ordinary, Findings findings) {
        double seconds = result.idleNanos() / 1e9;
        switch (result.end()) {
            case OPEN -> {
                findings.fact("idle_open_for_s", Math.round(seconds * 10) / 10.0);
                findings.ok(
                        "idle",
                        "An idle connection was still open after " + Amount.time(result.idleNanos()) + ".",
                        plan.idleProbe().toSeconds() < 60 ? "--idle-probe 75s watches longer." : "");
            }
            case CLOSED, RESET -> {
                findings.fact("idle_timeout_s", Math.round(seconds * 10) / 10.0);
                closes(result, ordinary, findings);
            }
            case SPOKE ->
                findings.warning(
                        "speaks-when-idle",
                        "After " + Amount.time(result.idleNanos()) + " it sent something on an idle connection: "
                                + result.bytes().quote()
                                + ". Many proxies take that for the answer to the next request; Weir closes the"
                                + " connection.",
                        "Let it close idle connections in silence (a 408 is often such a timeout).");
            case NOT_KEPT -> {}
        }
    }

    private void closes(IdleProbe.Result result, Response ordinary, Findings findings) {
        String after = Amount.time(result.idleNanos());
        String how = result.end() == IdleProbe.End.RESET ? "resets" : "closes";
        Optional<Integer> announced = announced(ordinary, TIMEOUT);
        String tells = announced
                .map(number -> ", as its Keep-Alive field announces (timeout=" + number + ")")
                .orElse("");
        boolean early = announced.isPresent() && result.idleNanos() < (announced.get() - 1) * 1_000_000_000L;
        if (early) {
            findings.warning(
                    "idle-timeout-earlier",
                    "It " + how + " idle connections after " + after + ", earlier than its Keep-Alive field announces"
                            + " (timeout=" + announced.get() + ").",
                    "Announce what is true: whoever believes the announcement uses connections that are gone.");
        } else if (result.idleNanos() > BALANCERS_NANOS) {
            findings.ok("idle-timeout", "It " + how + " idle connections after " + after + tells + ".");
        } else {
            findings.warning(
                    "idle-timeout",
                    "It " + how + " idle connections after " + after + tells
                            + ": sooner than a balancer does (60 s), which may use one just as it closes. Weir learns that"
                            + " and stays below.",
                    "Raise its keep-alive over 75 s (nginx keepalive_timeout, Node server.keepAliveTimeout, uvicorn"
                            + " --timeout-keep-alive, gunicorn --keep-alive): fewer connects, and no such race behind any balancer.");
        }
    }

    private static Optional<Integer> announced(Response response, Pattern pattern) {
        return response.head()
                .values("Keep-Alive")
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(matcher -> Integer.valueOf(matcher.group(1)))
                .findFirst();
    }
}
