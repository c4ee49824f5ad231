package dev.weir.balancer.failure;

import org.jspecify.annotations.Nullable;

/** How an attempt ended, as far as the backend's reputation is concerned. */
public sealed interface Outcome {
    /** A valid answer to its last byte, whatever its status. */
    record Success() implements Outcome {}

    /** No valid answer, or not to its end. Counts for ejection if the error blames the backend. */
    record BackendFailure(Failure failure) implements Outcome {}

    /** The client left first: tells nothing about the backend. */
    record ClientGone() implements Outcome {}

    /**
     * Tells nothing about the backend: an own limit, or an idle connection that was closed in the moment of its reuse.
     *
     * @param failure null: there was none
     */
    record Ignored(@Nullable Failure failure) implements Outcome {}
}
