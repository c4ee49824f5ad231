package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.faults.FakeResolver;
import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import dev.weir.loadtest.faults.Settings;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one proxy and its backends are.
 *
 * @param backendHost address that backends listen on
 * @param proxyHost address that the proxy listens on
 * @param partner a healthy backend
 * @param resolver the proxy's name server
 * @param namespace that the proxy is in; null: in this process's
 * @param ports of the proxy: traffic, narrow traffic, admin
 */
record Place(
        String backendHost,
        String proxyHost,
        FaultServer partner,
        FakeResolver resolver,
        @Nullable Namespace namespace,
        Ports ports)
        implements AutoCloseable {

    /** Known before the proxy runs: in some cases proxies are backends of each other. */
    record Ports(int traffic, int narrow, int admin, int otherProxy, int otherAdmin) {}

    static Place onLoopback(Ports ports) throws IOException {
        return at("127.0.0.1", "127.0.0.1", null, ports);
    }

    static Place in(Namespace namespace, Ports ports) throws IOException {
        return at(namespace.outside(), namespace.inside(), namespace, ports);
    }

    private static Place at(String backends, String proxy, @Nullable Namespace namespace, Ports ports)
            throws IOException {
        FaultServer partner = FaultServer.start(Faults.healthy(), Settings.DEFAULT.withHost(backends));
        return new Place(backends, proxy, partner, FakeResolver.start(backends, 0), namespace, ports);
    }

    /** To be put before a command that shall run here. */
    List<String> entrance() {
        return namespace == null ? List.of() : namespace.entrance();
    }

    /** @throws IllegalStateException if there is none */
    Namespace requiredNamespace() {
        if (namespace == null) {
            throw new IllegalStateException("this case needs a network namespace");
        }
        return namespace;
    }

    /** Settings for a fault server here. */
    Settings settings() {
        return Settings.DEFAULT.withHost(backendHost).withResolver(resolver);
    }

    @Override
    public void close() {
        partner.close();
        resolver.close();
    }
}
