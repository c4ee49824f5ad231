package dev.weir.loadtest.sidebyside;

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
