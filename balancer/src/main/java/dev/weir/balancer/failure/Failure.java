package dev.weir.balancer.failure;

import io.netty.channel.ChannelException;
import io.netty.handler.codec.DecoderException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt failed.
 *
 * @param phase how far it had come
 * @param cause null: the balancer found the failure itself
 * @param detail for operators only: may carry addresses and names of the inside
 */
public record Failure(
        ProxyError error,
        Phase phase,
        @Nullable Throwable cause,
        @Nullable String detail) {
    /** Longer chains of causes do not occur; a loop in one must not hang us. */
    private static final int MAX_CAUSES = 10;

    /** Classifies what an attempt threw. */
    public static Failure of(Throwable cause, Phase phase) {
        return of(cause, phase, 0);
    }

    /**
     * Classifies what an attempt threw.
     *
     * @param responseBytes bytes of the response that had arrived
     */
    public static Failure of(Throwable cause, Phase phase, long responseBytes) {
        return new Failure(FailureClassifier.classify(cause, phase, responseBytes), phase, cause, words(cause));
    }

    /** The class of what was thrown, without its package; of what is in it for one that only wraps. Null: nothing was. */
    public @Nullable String exception() {
        Throwable thrown = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        return thrown == null || thrown instanceof ProxyException
                ? null
                : thrown.getClass().getSimpleName();
    }

    /** The same with more to say to operators. */
    public Failure adding(String more) {
        return new Failure(error, phase, cause, detail == null ? more : detail + "; " + more);
    }

    /** The kernel's error number; 0: unknown, as always with NIO. */
    public int errno() {
        return cause == null ? Errno.NONE : errno(cause);
    }

    private static int errno(Throwable failure) {
        Throwable current = failure;
        for (int i = 0; current != null && i < MAX_CAUSES; i++, current = current.getCause()) {
            int errno = Errno.of(current);
            if (errno != Errno.NONE) {
                return errno;
            }
        }
        return Errno.NONE;
    }

    /** What a name server answered, for everybody to read; null: that was not it. */
    public @Nullable String rcode() {
        return cause instanceof ProxyException own ? own.rcode() : null;
    }

    /** For operators: what happened, rather than the names of classes, wherever these say no more. */
    private static String words(Throwable cause) {
        return switch (cause) {
            case ProxyException known -> known.detail();
            case ClosedChannelException _ -> "the connection was closed";
            case DecoderException wrapper
            when wrapper.getCause() != null && wrapper.getCause().getMessage() != null ->
                wrapper.getCause().getMessage();
            case ChannelException noSocket
            when noSocket.getCause() instanceof SocketException why -> why.toString(); // NIO: socket(2) failed
            default -> {
                int errno = errno(cause);
                yield errno == Errno.NONE ? cause.toString() : Errno.words(errno);
            }
        };
    }
}
