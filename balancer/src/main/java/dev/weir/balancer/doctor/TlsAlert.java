package dev.weir.balancer.doctor;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a server says when it ends TLS (RFC 8446 section 6), as far as servers really do. */
enum TlsAlert {
    CLOSE_NOTIFY(0, "it closes", "Look at the log over there."),
    UNEXPECTED_MESSAGE(10, "it did not expect what it got", "Something between may not speak TLS; look at its log."),
    BAD_RECORD_MAC(20, "what arrived was altered on the way", "Look for broken hardware or a proxy in between."),
    HANDSHAKE_FAILURE(
            40,
            "it shares no cipher or other setting with us, or wants a client certificate",
            "Compare its ciphers and versions with what is offered (TLS 1.2 and 1.3, the JDK's ciphers)."),
    BAD_CERTIFICATE(42, "it wants a client certificate and got none, or a bad one", "Configure a client certificate."),
    UNSUPPORTED_CERTIFICATE(43, "it does not accept this kind of client certificate", "Use another kind of key."),
    CERTIFICATE_REVOKED(44, "the client certificate was revoked", "Get a new client certificate."),
    CERTIFICATE_EXPIRED(45, "the client certificate expired", "Renew the client certificate."),
    CERTIFICATE_UNKNOWN(46, "it does not accept the client certificate", "Look at its log."),
    ILLEGAL_PARAMETER(47, "it found a contradiction in what it got", "Look at its log."),
    UNKNOWN_CA(48, "it does not know who issued the client certificate", "Let it trust the issuer."),
    ACCESS_DENIED(49, "it denies access", "Look at its rules of access."),
    DECODE_ERROR(50, "it could not read what it got", "Look at its log."),
    DECRYPT_ERROR(51, "a signature or a check did not match", "Look at its log."),
    PROTOCOL_VERSION(
            70, "it speaks none of the versions offered (TLS 1.2 and 1.3)", "Update it, or enable TLS 1.2 over there."),
    INSUFFICIENT_SECURITY(71, "it wants stronger ciphers", "Compare its ciphers with the JDK's."),
    INTERNAL_ERROR(80, "it failed by itself", "Look at its log."),
    INAPPROPRIATE_FALLBACK(86, "it takes us for downgraded", "Look for a proxy in between."),
    MISSING_EXTENSION(109, "it misses an extension", "Look at its log."),
    UNSUPPORTED_EXTENSION(110, "it does not know an extension", "Look at its log."),
    UNRECOGNIZED_NAME(
            112,
            "it serves nothing under the server name (SNI) that it got",
            "Use the name that is in its certificate."),
    CERTIFICATE_REQUIRED(116, "it requires a client certificate", "Configure a client certificate."),
    NO_APPLICATION_PROTOCOL(
            120, "it does not speak HTTP/1.1 here, only something like HTTP/2", "Enable http/1.1 in its ALPN.");

    private static final Pattern RECEIVED = Pattern.compile("Received (?:fatal|close_notify|alert)[^:]*: ([a-z_]+)");

    private final int number;
    private final String meaning;
    private final String advice;

    TlsAlert(int number, String meaning, String advice) {
        this.number = number;
        this.meaning = meaning;
        this.advice = advice;
    }

    /** The alert that the JDK's exception stands for, if the server sent one: the message is the only place that tells. */
    static Optional<TlsAlert> of(Throwable failure) {
        Matcher matcher = RECEIVED.matcher(String.valueOf(failure.getMessage()));
        return matcher.find()
                ? Stream.of(values())
                        .filter(alert -> alert.label().equals(matcher.group(1)))
                        .findFirst()
                : Optional.empty();
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    int number() {
        return number;
    }

    /** Such as {@code alert 42, bad_certificate: it wants ...}. */
    @Override
    public String toString() {
        return "alert " + number + ", " + label() + ": " + meaning;
    }

    String advice() {
        return advice;
    }

    boolean isAboutClientCertificate() {
        return this == BAD_CERTIFICATE || this == CERTIFICATE_REQUIRED;
    }
}
