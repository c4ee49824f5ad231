package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether the backend's answer is valid HTTP, and what the balancer makes of what is not. */
final class HttpCheck {
    private final Plan plan;
    private final Dialer dialer;
    private final Probe probe;
    private final NoAnswer noAnswer;

    HttpCheck(Plan plan, Dialer dialer, Probe probe) {
        this.plan = plan;
        this.dialer = dialer;
        this.probe = probe;
        this.noAnswer = new NoAnswer(plan, dialer, probe);
    }

    /** @return the answer; null if there is none, or none that is HTTP */
    @Nullable
    Response check(InetAddress address, Findings findings) {
        if (!greetingIsSilent(address, findings)) {
            return null;
        }
        Answer answer = probe.thorough(address, plan.method());
        if (answer instanceof Answer.Failed failed) {
            noAnswer.explain(failed, address, findings);
            return null;
        }
        Response response = ((Answer.Got) answer).response();
        if (wantsTls(response, address, findings)) {
            return null;
        }
        facts(response, findings);
        describe(response, findings);
        findings.addAll(response.violations());
        status(response, findings);
        if (!plan.method().equals("HEAD")) {
            head(address, findings);
        }
        return response;
    }

    /** Only in the clear: in TLS, the server's first word is part of the handshake, which has been looked at. */
    private boolean greetingIsSilent(InetAddress address, Findings findings) {
        try (Wire wire = dialer.wire(address, dialer.step())) {
            ByteBuffer buffer = ByteBuffer.allocate(1024);
            int count = wire.read(buffer, dialer.in(plan.glance()));
            if (count < 0) {
                noAnswer.closesUnasked(address, findings);
            } else {
                greets(Bytes.of(buffer.array(), count), dialer.at(address), findings);
            }
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            noAnswer.resetsUnasked(address, e, findings);
            return false;
        }
    }

    private static void greets(Bytes bytes, String where, Findings findings) {
        String text = where + " speaks first, before any request: " + bytes.quote() + ".";
        if (bytes.startsWith("HTTP/")) {
            findings.problem(
                    "unsolicited-response",
                    text + " Weir closes such a connection.",
                    "Look for a server in between that answers without a request: one that is overloaded, or that gives"
                            + " up waiting at once.");
            return;
        }
        String protocol = bytes.startsWith("SSH-")
                ? "an SSH server"
                : bytes.startsWith("220") ? "a mail or FTP server" : "not an HTTP server";
        findings.problem("not-http", text + " This is " + protocol + ".", "Check the port.");
    }

    /** Friendly servers say in plain HTTP that they want TLS: nginx, Apache, Go and Tomcat, each in its own words. */
    private boolean wantsTls(Response response, InetAddress address, Findings findings) {
        if (plan.target().tls() || response.head().status() != 400) {
            return false;
        }
        String text = response.bodyStart().text().toLowerCase(Locale.ROOT);
        boolean says = (text.contains("https") || text.contains("ssl") || text.contains("tls"))
                && (text.contains("plain") || text.contains("http request") || text.contains("requires tls"));
        if (says && noAnswer.speaksTls(address)) {
            findings.problem(
                    "tls-port",
                    dialer.at(address) + " answers 400, since it speaks TLS on this port (a handshake worked): "
                            + response.bodyStart().quote() + ".",
                    NoAnswer.TLS_ADVICE);
            return true;
        }
        return false;
    }

    private void describe(Response response, Findings findings) {
        String body = response.framing() == Response.Framing.NONE
                ? "no body"
                : Amount.bytes(response.bodyBytes()) + " of body, ended by "
                        + response.framing().label();
        findings.ok(
                "response",
                plan.method() + " " + plan.target().path() + ": "
                        + response.head().statusLine() + ", " + body + ", head after "
                        + Amount.time(response.headNanos()) + ".");
        if (!response.interim().isEmpty()) {
            findings.ok("interim", "It sent interim responses first: " + response.interim() + ". Weir copes.");
        }
        if (response.head().status() == 101) {
            findings.problem(
                    "unasked-upgrade",
                    "It switched protocols (101) though nobody asked. Weir answers 502 (http_upgrade_failed).",
                    Violations.REPAIR + ".");
        }
    }

    private void status(Response response, Findings findings) {
        int status = response.head().status();
        String by = response.head()
                .values("Server")
                .findFirst()
                .map(server -> " (Server: " + server + ")")
                .orElse("");
        if (status >= 500 && status <= 599) {
            boolean gateway = status >= 502 && status <= 504;
            findings.problem(
                    "status-" + status,
                    "The backend itself answered " + status + by + ".",
                    gateway
                            ? "Look behind it: it is a proxy whose own backend fails, or it is overloaded."
                            : "Look at its log: the application fails.");
        } else if (status == 400 || status == 421) {
            findings.warning(
                    "status-" + status,
                    "It answered " + status + by + " to a plain request with Host: " + plan.hostField() + ".",
                    "It may want another Host: try --host NAME, and see preserve-host in the configuration.");
        } else if (status >= 401 && status <= 499) {
            findings.ok(
                    "status-" + status,
                    "It answered " + status + by + ": valid, but perhaps not the path that matters (--path).");
        }
    }

    /** The answer to a HEAD is where bodies slip in that do not belong there. */
    private void head(InetAddress address, Findings findings) {
        if (!(probe.thorough(address, "HEAD") instanceof Answer.Got got)) {
            findings.warning(
                    "no-head",
                    "It answers " + plan.method() + ", but not HEAD.",
                    "Let it answer HEAD with the fields of GET, or with 405.");
            return;
        }
        for (Finding violation : got.response().violations()) {
            if (violation.code().equals("surplus-bytes")) {
                findings.add(violation.severity(), "body-on-head", violation.text(), violation.advice());
            }
        }
    }

    private static void facts(Response response, Findings findings) {
        findings.fact("version", response.head().version());
        findings.fact("status", response.head().status());
        findings.fact("interim", List.copyOf(response.interim()));
        findings.fact("fields", response.head().fields().size());
        findings.fact("framing", response.framing().name().toLowerCase(Locale.ROOT));
        findings.fact("body_bytes", response.bodyBytes());
        findings.fact("complete", response.intact());
        findings.fact("head_ms", Amount.millis(response.headNanos()));
        findings.fact("total_ms", Amount.millis(response.totalNanos()));
    }
}
