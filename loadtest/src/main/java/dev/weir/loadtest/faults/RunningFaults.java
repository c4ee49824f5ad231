package dev.weir.loadtest.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Many servers, and the name server that some of them need. */
final class RunningFaults implements AutoCloseable {
    private final List<FaultServer> servers = new ArrayList<>();
    private final @Nullable FakeResolver resolver;

    private RunningFaults(@Nullable FakeResolver resolver) {
        this.resolver = resolver;
    }

    /** @throws IOException which of them could not be started, and why; then none is */
    static RunningFaults start(Plan plan) throws IOException {
        RunningFaults running =
                new RunningFaults(plan.needsNames() ? FakeResolver.start("127.0.0.1", plan.dnsPort()) : null);
        try {
            for (Fault fault : plan.faults()) {
                running.start(fault, plan);
            }
            return running;
        } catch (IOException | RuntimeException e) {
            running.close();
            throw e;
        }
    }

    private void start(Fault fault, Plan plan) throws IOException {
        Settings settings = Settings.DEFAULT
                .withHost(plan.host())
                .withMode(plan.modeOf(fault))
                .withPort(plan.portBase() == 0 ? 0 : plan.portBase() + servers.size());
        try {
            servers.add(FaultServer.start(fault, resolver == null ? settings : settings.withResolver(resolver)));
        } catch (IOException e) {
            throw new IOException(fault.id() + ": " + e.getMessage(), e);
        }
    }

    /** In the order of the plan. */
    List<FaultServer> servers() {
        return servers;
    }

    @Nullable
    FakeResolver resolver() {
        return resolver;
    }

    void heal() {
        servers.forEach(FaultServer::heal);
    }

    void breakAgain() {
        servers.forEach(FaultServer::breakAgain);
    }

    @Override
    public void close() {
        servers.forEach(FaultServer::close);
        if (resolver != null) {
            resolver.close();
        }
    }
}
