package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The load: a closed loop over a fixed number of keep-alive connections, from one thread on one core. */
final class Wrk {
    private static final String NAME = "wrk";

    private final Sandbox sandbox;
    private final int core;
    private final int connections;

    Wrk(Sandbox sandbox, int core, int connections) {
        this.sandbox = sandbox;
        this.core = core;
        this.connections = connections;
    }

    /** @throws MeasurementException if a single request failed: such a run says nothing about the cost of the others */
    WrkReport load(int port, Duration duration) {
        sandbox.truncate(sandbox.output(NAME));
        List<String> command = List.of(
                Tool.WRK.path(),
                "--threads=1",
                "--connections=" + connections,
                "--duration=" + duration.toSeconds() + "s",
                "--latency",
                "http://127.0.0.1:" + port + "/");
        Process process = sandbox.start(NAME, core, command);
        try {
            if (!process.waitFor(duration.toSeconds() + 30, TimeUnit.SECONDS)) {
                throw new MeasurementException("wrk did not end by itself within 30 s of its time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
        return checked(process.exitValue());
    }

    private WrkReport checked(int exitCode) {
        String text;
        try {
            text = Files.readString(sandbox.output(NAME));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read wrk's output", e);
        }
        if (exitCode != 0) {
            throw new MeasurementException("wrk ended with exit code " + exitCode + ": " + text.strip());
        }
        WrkReport report = WrkReport.parse(text);
        if (!report.complaints().isEmpty()) {
            throw new MeasurementException("requests failed under load: " + report.complaints());
        }
        if (report.requests() == 0) {
            throw new MeasurementException("not one request was answered under load");
        }
        return report;
    }
}
