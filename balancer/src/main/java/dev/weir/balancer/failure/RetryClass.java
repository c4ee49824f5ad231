package dev.weir.balancer.failure;

/** What a failed attempt may have done already, and so whether another one is safe. */
public enum RetryClass {
    /** Certainly not processed: nothing was sent. Any method may be tried again at once. */
    R0,
    /** Sent, and no byte of a response: the backend may have processed it. */
    R1,
    /** A response began, and nothing of it reached the client. */
    R2,
    /** The client has got bytes of the response: too late. */
    R3;

    /**
     * @param phase how far the attempt had come
     * @param bytesWritten of the request to the backend's connection
     * @param responseBytesRead from the backend
     * @param sentToClient whether any byte of a final response was sent
     */
    public static RetryClass of(Phase phase, long bytesWritten, long responseBytesRead, boolean sentToClient) {
        if (sentToClient) {
            return R3;
        }
        if (responseBytesRead > 0 || phase == Phase.RESPONSE_BODY) {
            return R2;
        }
        boolean unsent = phase == Phase.QUEUE || phase == Phase.CONNECT || bytesWritten == 0;
        return unsent ? R0 : R1;
    }

    /**
     * Whether another attempt is safe, provided that the request's body can be sent again.
     *
     * @param repeatable whether processing the request twice does no harm: the method is idempotent (RFC 9110 section
     *     9.2.2), or the operator says so
     */
    public boolean allows(boolean repeatable) {
        return switch (this) {
            case R0 -> true;
            case R1, R2 -> repeatable;
            case R3 -> false;
        };
    }
}
