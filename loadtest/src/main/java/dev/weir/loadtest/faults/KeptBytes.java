package dev.weir.loadtest.faults;

/** Room for what one server remembers of all requests: with it, all faults at once stay within a small heap. Thread-safe. */
final class KeptBytes {
    static final int MAX = 512 * 1024;

    private int left = MAX;

    /** @return as many of the bytes as there is room for */
    synchronized int take(int wanted) {
        int taken = Math.min(wanted, left);
        left -= taken;
        return taken;
    }

    /** Nothing is remembered any more. */
    synchronized void clear() {
        left = MAX;
    }
}
