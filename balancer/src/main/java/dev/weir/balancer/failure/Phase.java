package dev.weir.balancer.failure;

/** How far an attempt had come when it ended. */
public enum Phase {
    /** Waiting for a free connection. */
    QUEUE,
    /** Opening a connection. */
    CONNECT,
    /** Sending the request. */
    REQUEST,
    /** Waiting for the response's head, or reading it. */
    RESPONSE_HEAD,
    /** Reading the response's body. */
    RESPONSE_BODY;

    private final String label = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

    /** As in logs: lower case, with dashes. */
    public String label() {
        return label;
    }
}
