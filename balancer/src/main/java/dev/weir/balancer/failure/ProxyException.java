package dev.weir.balancer.failure;

/**
 * A failure that the balancer finds itself: a deadline, a limit, a violation of the protocol. Carries no stack trace: it
 * tells about the other side, not about this code.
 */
public final class ProxyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ProxyError error;
    private final String detail;

    /** @param detail for operators only: may carry addresses and names of the inside */
    public ProxyException(ProxyError error, String detail) {
        super(error.token() + ": " + detail, null, false, false);
        this.error = error;
        this.detail = detail;
    }

    public ProxyError error() {
        return error;
    }

    public String detail() {
        return detail;
    }
}
