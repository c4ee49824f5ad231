package dev.weir.balancer.failure;

import java.util.Locale;

/** What this node itself may lack or be denied: no backend is to blame for it. */
public enum OwnFault {
    /** No file descriptor is left, of the process or of the whole system: EMFILE, ENFILE. */
    DESCRIPTORS,
    /** No source port is left towards one destination: EADDRNOTAVAIL, EADDRINUSE, EAGAIN. */
    PORTS,
    /** The kernel or the process has no memory left: ENOMEM, ENOBUFS, OutOfMemoryError. */
    MEMORY,
    /** The kernel does not allow it: EACCES, EPERM. With NIO it looks like {@link #PORTS} or {@link #ROUTE}. */
    PERMISSION,
    /** The kernel knows no way there: ENETUNREACH, ENETDOWN, EINVAL (a blackhole route). */
    ROUTE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** For a metric. */
    public String label() {
        return label;
    }
}
