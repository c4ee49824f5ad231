package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Dates, names and issuer of a server's certificate, each judged by itself: an expired one may also have the wrong name. */
final class CertificateCheck {
    private static final long WARN_DAYS = 30;

    private final Target target;
    private final List<X509Certificate> authorities;
    private final Instant now;

    /** @param authorities empty: those of the JDK */
    CertificateCheck(Target target, List<X509Certificate> authorities, Instant now) {
        this.target = target;
        this.authorities = authorities;
        this.now = now;
    }

    /** @param chain the server's own certificate first; not empty */
    void check(List<X509Certificate> chain, Findings findings) throws GeneralSecurityException {
        List<Object> facts = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            facts.add(facts(certificate));
        }
        findings.fact("chain", facts);
        X509Certificate own = chain.getFirst();
        findings.fact("names", CertificateNames.of(own));
        findings.fact("days_left", daysLeft(own));
        dates(own, findings);
        for (X509Certificate issuer : chain.subList(1, chain.size())) {
            issuerDates(issuer, findings);
        }
        name(own, findings);
        issuer(chain, findings);
    }

    private long daysLeft(X509Certificate certificate) {
        return Duration.between(now, certificate.getNotAfter().toInstant()).toDays();
    }

    private void dates(X509Certificate own, Findings findings) {
        Instant begin = own.getNotBefore().toInstant();
        Instant end = own.getNotAfter().toInstant();
        String clock = "our clock says " + now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        if (now.isAfter(end)) {
            findings.problem(
                    "certificate-expired",
                    "The certificate expired " + ago(Duration.between(end, now)) + " ago, on " + end + " (" + clock
                            + ").",
                    "Renew it. If every certificate seems to have expired, check the clock of this host.");
        } else if (now.isBefore(begin)) {
            findings.problem(
                    "certificate-not-yet-valid",
                    "The certificate is valid only from " + begin + " on, in " + ago(Duration.between(now, begin))
                            + " (" + clock + ").",
                    "Check the clock of this host and of the one that issued it; otherwise wait, or issue it anew.");
        } else if (daysLeft(own) < WARN_DAYS) {
            findings.warning(
                    "certificate-expires-soon",
                    "The certificate expires in " + ago(Duration.between(now, end)) + ", on " + end + ".",
                    "Renew it now, and find out why that did not happen by itself.");
        } else {
            findings.ok("certificate-dates", "The certificate is valid for " + daysLeft(own) + " more days.");
        }
    }

    private void issuerDates(X509Certificate issuer, Findings findings) {
        if (now.isAfter(issuer.getNotAfter().toInstant())) {
            findings.problem(
                    "issuer-expired",
                    "The intermediate certificate '" + issuer.getSubjectX500Principal() + "' expired on "
                            + issuer.getNotAfter().toInstant() + ".",
                    "Let the server send the issuer's current intermediate certificate.");
        }
    }

    private void name(X509Certificate own, Findings findings) throws GeneralSecurityException {
        List<String> names = CertificateNames.of(own);
        if (CertificateNames.match(names, target.plainHost())) {
            findings.ok("certificate-name", "The certificate is for " + target.host() + ".");
        } else {
            String has = names.isEmpty() ? "no name at all" : String.join(", ", names);
            findings.problem(
                    "certificate-name-mismatch",
                    "The certificate is not for '" + target.host() + "': it has " + has + ".",
                    names.isEmpty()
                            ? "Issue it with a subject alternative name."
                            : "Use a name that it has, or issue it for '" + target.host() + "' too.");
        }
    }

    private void issuer(List<X509Certificate> chain, Findings findings) throws GeneralSecurityException {
        X509Certificate own = chain.getFirst();
        X509Certificate last = chain.getLast();
        if (isTrusted(chain)) {
            findings.ok("certificate-issuer", "Issued by '" + own.getIssuerX500Principal() + "', which is trusted.");
        } else if (own.getIssuerX500Principal().equals(own.getSubjectX500Principal())) {
            findings.problem(
                    "certificate-self-signed",
                    "The certificate is self-signed by '" + own.getSubjectX500Principal() + "', which is not trusted.",
                    "Trust it (--ca FILE tries that here), or pin sha256:" + fingerprint(own) + ".");
        } else {
            findings.problem(
                    "certificate-issuer-unknown",
                    "The issuer '" + last.getIssuerX500Principal() + "' is not trusted"
                            + (chain.size() == 1 ? ", and the server sends no intermediate certificate." : "."),
                    "Add that CA to those that are trusted (--ca FILE tries that here), let the server send its whole"
                            + " chain, or pin sha256:" + fingerprint(own) + ".");
        }
    }

    /** At a moment when the certificate is valid: whether it is now is another question. */
    private boolean isTrusted(List<X509Certificate> chain) throws GeneralSecurityException {
        X509CertSelector own = new X509CertSelector();
        own.setCertificate(chain.getFirst());
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors(), own);
        parameters.setRevocationEnabled(false); // would ask third parties
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
        parameters.setDate(moment(chain.getFirst()));
        try {
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (CertPathBuilderException e) {
            return false;
        }
    }

    private Date moment(X509Certificate own) {
        Instant begin = own.getNotBefore().toInstant();
        Instant end = own.getNotAfter().toInstant();
        Instant latest = now.isAfter(end) ? end : now;
        return Date.from(latest.isBefore(begin) ? begin : latest);
    }

    private Set<TrustAnchor> anchors() throws GeneralSecurityException {
        Stream<X509Certificate> trusted = authorities.isEmpty() ? ofTheJdk() : authorities.stream();
        Set<TrustAnchor> anchors = new HashSet<>();
        trusted.forEach(certificate -> anchors.add(new TrustAnchor(certificate, null)));
        return anchors;
    }

    private static Stream<X509Certificate> ofTheJdk() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(jdkKeys());
        return Stream.of(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers()));
    }

    /** Null stands for the JDK's own. */
    @SuppressWarnings("NullAway") // the JDK's contract: init(null)
    private static KeyStore jdkKeys() {
        @Nullable KeyStore none = null;
        return none;
    }

    private static Map<String, Object> facts(X509Certificate certificate) throws GeneralSecurityException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("subject", certificate.getSubjectX500Principal().getName());
        facts.put("issuer", certificate.getIssuerX500Principal().getName());
        facts.put("not_before", certificate.getNotBefore().toInstant().toString());
        facts.put("not_after", certificate.getNotAfter().toInstant().toString());
        facts.put("sha256", fingerprint(certificate));
        return facts;
    }

    private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return HexFormat.of().formatHex(digest);
    }

    private static String ago(Duration duration) {
        long days = duration.toDays();
        return days > 0 ? Amount.count(days, "day") : Amount.count(duration.toHours(), "hour");
    }
}
