package dev.weir.balancer.peers;

/** Whether another node can be counted on. */
public enum Presence {
    /** It has just spoken, and goes on. */
    FRESH,
    /** It has missed some of its own deadlines to speak: it may be gone, cut off or stopped. */
    STALE,
    /** It said that it is about to leave. */
    LEAVING
}
