package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.io.IOException;
import java.net.InetAddress;
import javax.net.ssl.SSLException;

/** Says why a request got no answer; tries TLS and the PROXY protocol where these could be the reason. */
final class NoAnswer {
    private static final String TYPICAL =
            "Look for a crash, an out-of-memory kill, a limit of connections, or a balancer in between that has no backend.";

    /** The balancer takes no backend with https. */
    static final String TLS_ADVICE =
            "Weir speaks plain HTTP to its backends: name a port that serves it, or let something in"
                    + " front of this one end TLS. With https:// here, the doctor examines it as it is.";

    private final Plan plan;
    private final Dialer dialer;
    private final Probe probe;

    NoAnswer(Plan plan, Dialer dialer, Probe probe) {
        this.plan = plan;
        this.dialer = dialer;
        this.probe = probe;
    }

    void explain(Answer.Failed failed, InetAddress address, Findings findings) {
        String where = dialer.at(address);
        String after = " after " + Amount.time(failed.nanos());
        switch (failed.kind()) {
            case NOT_HTTP -> notHttp(failed.first(), address, findings);
            case CLOSED, RESET, NOT_TAKEN -> hungUp(failed, address, findings);
            case SILENT ->
                findings.problem(
                        "no-response",
                        where + " took the request and did not begin to answer within " + Amount.time(failed.nanos())
                                + ".",
                        "Look for stuck threads, a slow dependency or overload over there; --timeout waits longer.");
            case STALLED ->
                findings.problem(
                        "head-stalls",
                        where + " began an answer and did not end its head within " + Amount.time(failed.nanos()) + ": "
                                + failed.first().quote() + ". Weir answers 502 (http_response_timeout).",
                        "Look for a stuck handler that writes its head by hand.");
            case ENDLESS ->
                findings.problem(
                        "head-endless",
                        where + " sends a head of more than 1 MB: "
                                + failed.first().quote() + ". Weir answers 502 (http_response_header_section_size).",
                        "Look for fields that the application sets in a loop.");
            case INCOMPLETE ->
                findings.problem(
                        "head-cut",
                        where + " died while it wrote its head" + after + ": "
                                + Amount.bytes(failed.first().size()) + " came, "
                                + failed.first().quote()
                                + ". Weir answers 502 (http_response_incomplete).",
                        "Look for a crash over there.");
            case NOT_CONNECTED -> notConnected(failed, where, findings);
        }
    }

    private static void notConnected(Answer.Failed failed, String where, Findings findings) {
        findings.problem(
                "connect-failed",
                "A further connection to " + where + " failed: "
                        + failed.cause().getMessage() + ".",
                "Run it again; if it goes on, look for a limit of connections over there.");
    }

    private void notHttp(Bytes first, InetAddress address, Findings findings) {
        String where = dialer.at(address);
        String bytes = first.quote();
        if (first.isTls()) {
            findings.problem(
                    "tls-port", where + " answers in TLS (" + bytes + "): it speaks TLS on this port.", TLS_ADVICE);
        } else if (first.isHttp2()) {
            findings.problem(
                    "http2-only",
                    where + " answers in HTTP/2 (a SETTINGS frame: " + bytes + "), without having been asked to.",
                    "Enable HTTP/1.1 on this port: Weir speaks that to its backends.");
        } else {
            findings.problem(
                    "not-http",
                    where + " answered " + bytes + ": that is not HTTP. Weir answers 502 (http_protocol_error).",
                    "Check the port: something else than an HTTP server listens there.");
        }
    }

    private void hungUp(Answer.Failed failed, InetAddress address, Findings findings) {
        String where = dialer.at(address);
        if (failed.cause() instanceof SSLException) {
            findings.problem(
                    "tls-failed",
                    where + " ended TLS instead of answering: " + failed.cause().getMessage() + ".",
                    "Look at the log over there; it may require a client certificate.");
            return;
        }
        String how = failed.kind() == Answer.Kind.CLOSED ? "closed" : "reset";
        String text = where + " " + how + " the connection without a byte, " + Amount.time(failed.nanos())
                + " after it got the request";
        if (!plan.target().tls() && speaksTls(address)) {
            findings.problem("tls-port", text + "; a TLS handshake works.", TLS_ADVICE);
        } else if (answersBehindProxyHeader(address)) {
            findings.problem(
                    "proxy-protocol",
                    text + "; behind a PROXY protocol header it answers.",
                    "Switch the PROXY protocol off over there: Weir does not send it.");
        } else {
            findings.problem("connection-terminated", text + ".", TYPICAL);
        }
    }

    void closesUnasked(InetAddress address, Findings findings) {
        unasked(dialer.at(address) + " accepts and closes at once, before any request", address, findings);
    }

    void resetsUnasked(InetAddress address, IOException failure, Findings findings) {
        unasked(dialer.at(address) + " accepts and breaks off at once: " + failure.getMessage(), address, findings);
    }

    private void unasked(String text, InetAddress address, Findings findings) {
        if (!plan.target().tls() && speaksTls(address)) {
            findings.problem("tls-port", text + "; a TLS handshake works.", TLS_ADVICE);
        } else {
            findings.problem("closes-at-once", text + ".", TYPICAL);
        }
    }

    boolean speaksTls(InetAddress address) {
        Deadline deadline = dialer.step();
        try (TlsWire wire = dialer.tls(address, deadline)) {
            wire.handshake(deadline);
            return true;
        } catch (IOException e) {
            return TlsAlert.of(e).isPresent();
        }
    }

    /** Version 1, in words: servers that expect the protocol take either. */
    private boolean answersBehindProxyHeader(InetAddress address) {
        try (Wire wire = dialer.wire(address, dialer.step())) {
            String header = "PROXY TCP4 127.0.0.1 127.0.0.1 49152 " + dialer.port() + "\r\n";
            return probe.exchange(wire, header) instanceof Answer.Got;
        } catch (IOException e) {
            return false;
        }
    }
}
