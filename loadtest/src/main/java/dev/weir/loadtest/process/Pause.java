package dev.weir.loadtest.process;

import java.util.concurrent.locks.LockSupport;

/** Between two looks at something that another process is about to change. */
public final class Pause {
    private static final long NANOS = 20_000_000;

    private Pause() {}

    public static void brief() {
        LockSupport.parkNanos(NANOS);
    }
}
