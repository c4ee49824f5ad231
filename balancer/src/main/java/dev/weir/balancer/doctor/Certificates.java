package dev.weir.balancer.doctor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Certificates from a file. */
public final class Certificates {
    private Certificates() {}

    /**
     * @param file in PEM, or one in DER
     * @throws IllegalArgumentException with a message for users, if there are none to be read
     */
    public static List<X509Certificate> read(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException(file + ": no certificate in it; expected PEM");
            }
            return certificates;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": no such file", e);
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException(file + ": no certificates: " + e.getMessage(), e);
        }
    }
}
