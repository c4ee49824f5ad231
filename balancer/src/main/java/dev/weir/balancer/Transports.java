package dev.weir.balancer;

import dev.weir.balancer.config.TransportChoice;
import io.vertx.core.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the socket implementation to use. */
final class Transports {
    /** Netty reads it when io_uring is first used. */
    static final String MULTISHOT_POLL = "io.netty.iouring.pollAddMultishotEnabled";

    /** As {@link #MULTISHOT_POLL}. */
    static final String MULTISHOT_ACCEPT = "io.netty.iouring.acceptMultiShotEnabled";

    static {
        // With Netty 4.2.18, about one in twenty resets that come right behind data is never reported while io_uring
        // polls by multishot (netty#17049 is of the same kind): the answer of a backend that died would count as
        // stalled.
        setUnlessSet(MULTISHOT_POLL);
        // The kernel would go on accepting when the balancer has no descriptors to spare, until there are none at all.
        setUnlessSet(MULTISHOT_ACCEPT);
    }

    private static void setUnlessSet(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, "false");
        }
    }

    private Transports() {}

    /**
     * The choice, and why it is not a better one.
     *
     * @param passedOver a line for each transport that would have come first and is not to be had here
     */
    record Choice(Transport transport, List<String> passedOver) {}

    /** @throws IllegalArgumentException if the one that is wanted is not to be had; the message is for users */
    static Choice choose(TransportChoice wanted) {
        List<String> passedOver = new ArrayList<>();
        for (TransportChoice candidate : candidates(wanted)) {
            Transport transport = transport(candidate);
            if (transport != null && transport.available()) {
                return new Choice(transport, passedOver);
            }
            passedOver.add(name(candidate) + " is not available: " + why(transport));
        }
        throw new IllegalArgumentException(
                "transport: " + String.join("; ", passedOver) + "; choose another one, or auto");
    }

    private static List<TransportChoice> candidates(TransportChoice wanted) {
        return wanted == TransportChoice.AUTO
                ? List.of(TransportChoice.IO_URING, TransportChoice.EPOLL, TransportChoice.NIO)
                : List.of(wanted);
    }

    private static @Nullable Transport transport(TransportChoice choice) {
        return switch (choice) {
            case IO_URING -> Transport.IO_URING;
            case EPOLL ->
                Transport.EPOLL != null && Transport.EPOLL.available() ? RepairedEpoll.transport() : Transport.EPOLL;
            case NIO, AUTO -> Transport.NIO;
        };
    }

    private static String name(TransportChoice choice) {
        return choice.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String why(@Nullable Transport transport) {
        if (transport == null) {
            return "its native library is not for this platform";
        }
        Throwable cause = transport.unavailabilityCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? "for a reason that it does not tell" : String.valueOf(cause.getMessage());
    }
}
