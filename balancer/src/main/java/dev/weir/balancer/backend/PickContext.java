package dev.weir.balancer.backend;

import org.jspecify.annotations.Nullable;

/**
 * What a picker may know of the request. Valid during the pick only; nothing here allocates.
 *
 * <p>Thread: the event loop that called the picker.
 */
public interface PickContext {
    /** 0 for a request's first attempt. */
    int attempt();

    /** Whether this request was already tried on that backend, or found it full. */
    boolean tried(Backend backend);

    /** The client's address in text: that of the connection, or, behind a trusted proxy, the one that the proxy names. */
    CharSequence clientAddress();

    /** Path and query as received. */
    CharSequence target();

    /**
     * A request field's first value.
     *
     * @param name in lower case
     */
    @Nullable
    CharSequence header(CharSequence name);

    /** Asks that the response carries this {@code Set-Cookie} value, if it is the backend of this pick that gives it. */
    void setCookie(String value);
}
