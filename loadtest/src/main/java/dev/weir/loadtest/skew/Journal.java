package dev.weir.loadtest.skew;

import java.util.ArrayList;
import java.util.List;

/** What happened at backends, as they saw it, in order. Thread-safe. */
final class Journal {
    /**
     * A backend has other requests in flight than before, waiting ones included.
     *
     * @param nanos by {@link System#nanoTime}
     * @param inFlight from now on
     */
    record Change(long nanos, int backend, int inFlight) {}

    private final int[] inFlight;
    private final List<Change> changes = new ArrayList<>();

    Journal(int backends) {
        inFlight = new int[backends];
    }

    synchronized void begin(int backend) {
        changes.add(new Change(System.nanoTime(), backend, ++inFlight[backend]));
    }

    synchronized void end(int backend) {
        changes.add(new Change(System.nanoTime(), backend, --inFlight[backend]));
    }

    /** All from the beginning. */
    synchronized List<Change> changes() {
        return List.copyOf(changes);
    }
}
