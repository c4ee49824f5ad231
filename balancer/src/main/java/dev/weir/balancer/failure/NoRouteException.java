package dev.weir.balancer.failure;

import java.io.Serial;
import java.net.NoRouteToHostException;

/** A connect failed since this host has no route (ENETUNREACH), as {@link RouteLookup} found. */
public final class NoRouteException extends NoRouteToHostException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param thrown by the transport, which does not tell this host's fault from others' */
    public NoRouteException(Throwable thrown) {
        super(Errno.words(Errno.ENETUNREACH));
        initCause(thrown);
    }
}
