package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.Sandbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A proxy to be measured. */
public interface Peer {

    /** As on the command line. */
    String name();

    /** @throws MeasurementException that says what to install, if it is not there */
    String version();

    /**
     * Writes its configuration and tells how to start it in the foreground.
     *
     * @throws MeasurementException if its configuration cannot be made
     */
    List<String> prepare(Sandbox sandbox, Wiring wiring);

    /** Where it writes its access log, if it does. */
    Path accessLog(Sandbox sandbox);

    /** What else a reader of its figures should know; asked once it serves. */
    default Map<String, String> facts(LocalHttp http, Wiring wiring) {
        return Map.of();
    }
}
