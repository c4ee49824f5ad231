package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;

/** A proxy that runs. */
record Subject(Peer peer, Wiring wiring, Process process) {

    /** @throws MeasurementException with its last words if it has ended */
    void requireAlive(Sandbox sandbox) {
        if (!process.isAlive()) {
            throw new MeasurementException(peer.name() + " ended by itself (exit code " + process.exitValue() + "): "
                    + sandbox.lastWordsOf(peer.name()));
        }
    }
}
