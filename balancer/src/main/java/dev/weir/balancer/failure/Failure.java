package dev.weir.balancer.failure;

import io.netty.handler.codec.DecoderException;
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

    /** For operators: what happened, rather than the names of classes, wherever these say no more. */
    private static String words(Throwable cause) {
        return switch (cause) {
            case ProxyException known -> known.detail();
            case ClosedChannelException _ -> "the connection was closed";
            case DecoderException wrapper
            when wrapper.getCause() != null && wrapper.getCause().getMessage() != null ->
                wrapper.getCause().getMessage();
            default -> cause.toString();
        };
    }
}
