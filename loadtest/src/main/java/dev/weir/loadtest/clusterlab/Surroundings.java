package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.process.MeasurementException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A network while it exists, and the process within it. Both are gone once this is closed, and at the latest when this JVM ends. */
final class Surroundings implements AutoCloseable {
    /** For the process to end its own ones, once it was told to. */
    private static final long GRACE_SECONDS = 15;

    private final Network network;
    private final Thread hook = new Thread(this::delete, "network-cleanup");
    private @Nullable Process process;
    private boolean deleted;

    /** @throws MeasurementException if it cannot be made; nothing is left of it then */
    Surroundings(Network network) {
        this.network = network;
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            network.create();
        } catch (MeasurementException e) {
            close();
            throw e;
        }
    }

    /**
     * Runs a command where clients and backends are, with this process's input and output.
     *
     * @return its exit code
     */
    int run(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(network.inWorld());
        all.addAll(command);
        all.addAll(List.of("--within", network.name()));
        Process started = start(all);
        try {
            return started.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    private synchronized Process start(List<String> command) throws IOException {
        if (deleted) {
            throw new MeasurementException("interrupted");
        }
        Process started = new ProcessBuilder(command).inheritIO().start();
        process = started;
        return started;
    }

    private synchronized void delete() {
        if (deleted) {
            return;
        }
        deleted = true;
        Process running = process;
        if (running != null && running.isAlive()) {
            running.destroy();
            awaitEnd(running);
        }
        network.delete();
    }

    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is shutting down: the hook runs, or has run
        }
        delete();
    }
}
