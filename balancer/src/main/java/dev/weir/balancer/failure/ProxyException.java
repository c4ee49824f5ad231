package dev.weir.balancer.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure that the balancer finds itself: a deadline, a limit, a violation of the protocol. Carries no stack trace: it
 * tells about the other side, not about this code.
 */
public final class ProxyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ProxyError error;
    private final String detail;
    private final @Nullable String rcode;

    /** @param detail for operators only: may carry addresses and names of the inside */
    public ProxyException(ProxyError error, String detail) {
        this(error, detail, null);
    }

    /**
     * @param detail for operators only: may carry addresses and names of the inside
     * @param rcode what a name server answered, such as {@code NXDOMAIN}: the parameter of {@code dns_error} (RFC 9209
     *     section 2.3.2); null: none
     */
    public ProxyException(ProxyError error, String detail, @Nullable String rcode) {
        super(error.token() + ": " + detail, null, false, false);
        this.error = error;
        this.detail = detail;
        this.rcode = rcode;
    }

    /** What a name server answered; for everybody to read. */
    public @Nullable String rcode() {
        return rcode;
    }

    public ProxyError error() {
        return error;
    }

    public String detail() {
        return detail;
    }
}
