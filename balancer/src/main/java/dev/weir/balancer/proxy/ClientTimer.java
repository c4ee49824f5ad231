package dev.weir.balancer.proxy;

/** What a client's connection waits for the client to do, and how long at most. Confined to its event loop. */
final class ClientTimer extends Deadline {
    /** What it means when the time is over. */
    enum Wait {
        /** Between requests, or before the first byte of the first one. */
        IDLE,
        /** In the middle of a request's head. */
        HEAD,
        /** For more of a request's body, or for the client to take more of the response. */
        BODY,
        /** For the client to end, or to finish what nobody wants any more. */
        LINGER
    }

    private final ProxyLoop loop;
    private final ClientConnection connection;
    private Wait wait = Wait.IDLE;

    ClientTimer(ProxyLoop loop, ClientConnection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    boolean awaits(Wait what) {
        return wait == what;
    }

    /** @param timeoutNanos 0: none */
    void await(Wait what, long timeoutNanos) {
        wait = what;
        loop.wheel().setAfter(this, loop.now(), timeoutNanos);
    }

    /** The time that runs counts for something else now. */
    void turnInto(Wait what) {
        wait = what;
    }

    /** The time that runs ends earlier. */
    void bringForward(long nanos) {
        loop.wheel().bringForward(this, nanos);
    }

    /** Nothing is waited for. */
    void rest() {
        clear();
        wait = Wait.IDLE;
    }

    void end() {
        loop.wheel().remove(this);
    }

    @Override
    void expired(long nowNanos) {
        switch (wait) {
            case IDLE -> connection.finish();
            case LINGER -> connection.abort();
            case HEAD -> connection.requests().headOverdue();
            case BODY -> connection.requests().bodyOverdue();
        }
    }
}
