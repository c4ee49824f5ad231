package dev.weir.balancer.doctor;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the server says in a handshake: its chain, and whether it asks for a client's certificate (none is offered).
 */
final class TlsWitness {
    private volatile List<X509Certificate> chain = List.of();
    private volatile boolean asked;

    /** The server's own certificate first; empty if there was none. */
    List<X509Certificate> chain() {
        return chain;
    }

    boolean askedForCertificate() {
        return asked;
    }

    X509ExtendedTrustManager trust() {
        return new Trust();
    }

    X509ExtendedKeyManager keys() {
        return new Keys();
    }

    private final class Trust extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] certificates, String type, SSLEngine engine) {
            chain = List.of(certificates);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] certificates, String type, Socket socket) {
            chain = List.of(certificates);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] certificates, String type) {
            chain = List.of(certificates);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] certificates, String type, SSLEngine engine) {
            throw new UnsupportedOperationException("no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] certificates, String type, Socket socket) {
            throw new UnsupportedOperationException("no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] certificates, String type) {
            throw new UnsupportedOperationException("no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            asked = true;
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            asked = true;
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
