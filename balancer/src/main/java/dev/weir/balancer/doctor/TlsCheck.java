package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/** Whether the backend speaks TLS, with whom it takes it, and whether its certificate is good. */
final class TlsCheck {
    private final Plan plan;
    private final Dialer dialer;
    private final Probe probe;
    private final Instant now;

    TlsCheck(Plan plan, Dialer dialer, Probe probe, Instant now) {
        this.plan = plan;
        this.dialer = dialer;
        this.probe = probe;
        this.now = now;
    }

    /** @return whether there is a connection to speak HTTP over */
    boolean check(InetAddress address, Findings findings) {
        Deadline deadline = dialer.step();
        try (TlsWire wire = dialer.tls(address, deadline)) {
            long begin = dialer.nanos();
            try {
                wire.handshake(deadline);
            } catch (IOException e) {
                failed(e, wire, address, dialer.nanos() - begin, findings);
                return false;
            }
            return stands(wire, dialer.nanos() - begin, address, findings);
        } catch (IOException e) {
            findings.problem(
                    "connect-failed",
                    "A further connection to " + dialer.at(address) + " failed: " + e.getMessage() + ".",
                    "Run it again; if it goes on, look for a limit of connections over there.");
            return false;
        }
    }

    private boolean stands(TlsWire wire, long nanos, InetAddress address, Findings findings) {
        SSLSession session = wire.engine().getSession();
        findings.fact("handshake_ms", Amount.millis(nanos));
        findings.fact("protocol", session.getProtocol());
        findings.fact("cipher", session.getCipherSuite());
        findings.fact("asks_client_certificate", wire.witness().askedForCertificate());
        findings.ok(
                "handshake",
                session.getProtocol() + ", " + session.getCipherSuite() + ", handshake in " + Amount.time(nanos) + ".",
                "Weir itself speaks plain HTTP to its backends so far: end TLS in front of the backend for it.");
        try {
            new CertificateCheck(plan.target(), plan.authorities(), now)
                    .check(wire.witness().chain(), findings);
        } catch (GeneralSecurityException e) {
            findings.problem(
                    "certificate-unreadable", "The certificate cannot be read: " + e.getMessage() + ".", "Replace it.");
        }
        return !wire.witness().askedForCertificate() || worksWithoutCertificate(wire, address, findings);
    }

    /** In TLS 1.3 the server tells only after the handshake what it thinks of a missing certificate. */
    private boolean worksWithoutCertificate(TlsWire wire, InetAddress address, Findings findings) {
        if (probe.exchange(wire) instanceof Answer.Failed failed) {
            if (failed.kind().hungUp()) {
                refusedClient(failed.cause(), wire, address, findings);
            }
            return !failed.kind().hungUp(); // what else it may be, the next stage looks at
        }
        findings.ok("client-certificate-optional", "It asks for a client certificate, and answers without one.");
        return true;
    }

    private void failed(IOException failure, TlsWire wire, InetAddress address, long nanos, Findings findings) {
        String where = dialer.at(address);
        Bytes first = wire.firstBytes();
        if (!first.isEmpty() && !first.isTls()) {
            notTls(first, address, findings);
            return;
        }
        if (failure instanceof SSLException) {
            alert(failure, wire, address, findings);
            return;
        }
        if (wire.witness().askedForCertificate() && !(failure instanceof SocketTimeoutException)) {
            refusedClient(failure, wire, address, findings);
            return;
        }
        if (first.isEmpty() && probe.answersInTheClear(address)) {
            findings.problem(
                    "plain-http",
                    where + " does not answer a TLS handshake, but answers plain HTTP on the same port.",
                    "Use " + plan.target().otherScheme().origin() + " for this backend.");
            return;
        }
        if (failure instanceof SocketTimeoutException) {
            findings.problem(
                    "handshake-hangs",
                    "TCP to " + where + " works, but its TLS handshake gets no answer within " + Amount.time(nanos)
                            + (first.isEmpty() ? "." : " (it broke off after " + first.size() + " bytes)."),
                    "Look for stuck threads or overload over there; if only large packets get lost, check the MTU.");
        } else {
            String how = failure instanceof EOFException ? "closed" : "reset";
            findings.problem(
                    "handshake-closed",
                    where + " " + how + " the connection within the TLS handshake, after " + Amount.time(nanos) + ".",
                    "Is this the port for TLS? Look at the log over there: it may want another server name, or have no"
                            + " certificate.");
        }
    }

    /** With an alert, or without one: what is left unread when a server closes takes its alert along. */
    private void refusedClient(IOException failure, TlsWire wire, InetAddress address, Findings findings) {
        if (failure instanceof SSLException) {
            alert(failure, wire, address, findings);
        } else {
            findings.problem(
                    "client-certificate-required",
                    dialer.at(address) + " asked for a client certificate, got none, and hung up.",
                    "Configure a client certificate.");
        }
    }

    private void notTls(Bytes first, InetAddress address, Findings findings) {
        String where = dialer.at(address);
        if (first.startsWith("HTTP/") || probe.answersInTheClear(address)) {
            findings.problem(
                    "plain-http",
                    where + " answered the TLS handshake in the clear (" + first.quote() + "): it speaks plain HTTP.",
                    "Use " + plan.target().otherScheme().origin() + " for this backend.");
        } else {
            findings.problem(
                    "not-tls",
                    where + " answered the TLS handshake with something else: " + first.quote() + ".",
                    "This is neither TLS nor HTTP: check the port.");
        }
    }

    private void alert(IOException failure, TlsWire wire, InetAddress address, Findings findings) {
        Optional<TlsAlert> alert = TlsAlert.of(failure);
        if (alert.isEmpty()) {
            findings.problem(
                    "tls-failed",
                    "TLS with " + dialer.at(address) + " failed: " + failure.getMessage() + ".",
                    "Compare its versions and ciphers with TLS 1.2 and 1.3 and the JDK's ciphers.");
            return;
        }
        TlsAlert told = alert.get();
        findings.fact("alert", told.number());
        boolean certificate = told.isAboutClientCertificate()
                || (told == TlsAlert.HANDSHAKE_FAILURE
                        && wire.witness().askedForCertificate()); // RFC 5246 section 7.4.6
        findings.problem(
                certificate ? "client-certificate-required" : "tls-alert",
                dialer.at(address) + " ended TLS with " + told + ".",
                certificate
                        ? "Configure a client certificate."
                        : told == TlsAlert.UNRECOGNIZED_NAME
                                ? "It does not know '" + plan.target().host() + "': " + told.advice()
                                : told.advice());
    }
}
