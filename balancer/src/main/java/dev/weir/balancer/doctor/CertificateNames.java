package dev.weir.balancer.doctor;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** For whom a certificate is (RFC 9525): DNS names and addresses among its subject alternative names, never its common name. */
final class CertificateNames {
    private static final int DNS = 2; // RFC 5280 section 4.2.1.6: GeneralName
    private static final int ADDRESS = 7;

    private CertificateNames() {}

    static List<String> of(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        List<String> names = new ArrayList<>();
        for (List<?> name : all == null ? List.<List<?>>of() : all) {
            if (name.getFirst() instanceof Integer kind && (kind == DNS || kind == ADDRESS)) {
                names.add(String.valueOf(name.getLast()));
            }
        }
        return names;
    }

    static boolean match(List<String> names, String host) {
        return names.stream().anyMatch(name -> matches(name, host));
    }

    private static boolean matches(String name, String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        String pattern = name.toLowerCase(Locale.ROOT);
        if (pattern.startsWith("*.")) { // the left-most label only (RFC 9525 section 6.3)
            int dot = lower.indexOf('.');
            return dot > 0 && lower.substring(dot).equals(pattern.substring(1));
        }
        return pattern.equals(lower) || sameAddress(pattern, lower);
    }

    private static boolean sameAddress(String a, String b) {
        try {
            return InetAddress.ofLiteral(a).equals(InetAddress.ofLiteral(b));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
