package dev.weir.balancer.doctor;

import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * The JDK's TLS with everything accepted: a certificate that is not to be trusted is looked at afterwards, and does not keep the
 * rest from being examined.
 */
final class TlsClient {
    private final Target target;

    TlsClient(Target target) {
        this.target = target;
    }

    TlsWire wire(TcpWire tcp) {
        TlsWitness witness = new TlsWitness();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {witness.keys()}, new TrustManager[] {witness.trust()}, null);
            SSLEngine engine = context.createSSLEngine(target.plainHost(), target.port());
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            if (!target.isLiteral()) { // RFC 6066 section 3: no addresses
                parameters.setServerNames(serverNames());
            }
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            engine.setSSLParameters(parameters);
            return new TlsWire(tcp, engine, witness);
        } catch (GeneralSecurityException e) {
            tcp.close();
            throw new IllegalStateException("this JDK offers no TLS: " + e.getMessage(), e);
        }
    }

    /** None for a name with an underscore, which the JDK does not send: then the server shows the certificate for all others. */
    private List<SNIServerName> serverNames() {
        try {
            return List.of(new SNIHostName(target.plainHost()));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }
}
