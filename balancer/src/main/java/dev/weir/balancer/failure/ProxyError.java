package dev.weir.balancer.failure;

import java.util.Locale;

/**
 * Why the balancer answers in a backend's place, or why an attempt failed: the error types of RFC 9209 section 2.3.
 *
 * <p>One constant has no type of its own there: {@link #PROXY_RESOURCES_EXHAUSTED} goes by the token of {@link
 * #PROXY_INTERNAL_ERROR}, but is a matter of load and not a bug.
 *
 * <p>Whether a type {@linkplain #blamesBackend() blames the backend} follows one question: does it show that <em>other</em>
 * requests to that backend will probably fail too, for a cause over there? An answer too big for a limit says nothing about
 * other requests; a silent resolver says nothing about the backend.
 */
public enum ProxyError {
    /** The resolver did not answer. */
    DNS_TIMEOUT(
            504, Fault.ELSEWHERE, "The DNS resolver did not answer in time: check that it runs and can be reached."),
    /** The resolver answered that there is no such name, or with an error. */
    DNS_ERROR(502, Fault.BACKEND, "DNS knows no address for the backend's name: check the name and its record."),
    /** No route matches the request. */
    DESTINATION_NOT_FOUND(
            500, Fault.CLIENT, "No route matches the request's host and path: add one if it should be served."),
    /** Every backend is down, ejected, draining or disabled. */
    DESTINATION_UNAVAILABLE(
            503,
            Fault.ELSEWHERE,
            "No backend of the pool is usable: look up why each one is out, and start or fix one."),
    /** The address is forbidden by the configuration. */
    DESTINATION_IP_PROHIBITED(
            502, Fault.OWN, "The configuration forbids this address: correct the backend's address or the rule."),
    /** No route to the address, or the network says that the host is gone. */
    DESTINATION_IP_UNROUTABLE(
            502,
            Fault.BACKEND,
            "The network has no way to the backend: host or pod gone, or this node lacks a route; check both."),
    /** The backend's host answered that nothing listens on the port. */
    CONNECTION_REFUSED(
            502, Fault.BACKEND, "Nothing listens there, or a firewall rejects: is the process up and the port right?"),
    /** The backend closed or reset the connection before the first byte of a response. */
    CONNECTION_TERMINATED(
            502,
            Fault.BACKEND,
            "The backend hung up without an answer: look for a crash, an out-of-memory kill, a worker timeout, or a"
                    + " keep-alive time shorter than the balancer's."),
    /** The connection did not stand in time. */
    CONNECTION_TIMEOUT(
            504,
            Fault.BACKEND,
            "The backend does not answer connection attempts: packets are dropped (firewall, dead node) or its accept"
                    + " queue is full."),
    /** The backend stopped in the middle of a response. */
    CONNECTION_READ_TIMEOUT(
            504, Fault.BACKEND, "The backend stopped sending in the middle of a response: look for a stuck handler."),
    /** The backend does not take the request. */
    CONNECTION_WRITE_TIMEOUT(
            504, Fault.BACKEND, "The backend stopped reading the request: look for a stuck handler or a full disk."),
    /** The balancer's own limit of connections, or of requests that wait for one, or the time of their wait. */
    CONNECTION_LIMIT_REACHED(
            503,
            Fault.OWN_LIMIT,
            "All connections that the balancer may open are busy: add backends, or raise connections.per-backend, connections.max-requests"
                    + " or connections.queue."),
    /** Bytes that are no TLS, or a handshake that both sides cannot agree upon. */
    TLS_PROTOCOL_ERROR(
            502,
            Fault.BACKEND,
            "The TLS handshake failed: does the backend speak TLS on this port, in a common version?"),
    /** The backend's certificate was not accepted. */
    TLS_CERTIFICATE_ERROR(
            502,
            Fault.BACKEND,
            "The backend's certificate was not accepted: check its dates, its names and its issuer."),
    /** The backend ended TLS with an alert. */
    TLS_ALERT_RECEIVED(
            502, Fault.BACKEND, "The backend refused the TLS handshake: check server name and client certificate."),
    /** The client's request is wrong. */
    HTTP_REQUEST_ERROR(
            400, Fault.CLIENT, "The client sent a request that is malformed or over a limit: nothing to repair here."),
    /** The configuration does not allow the request. */
    HTTP_REQUEST_DENIED(
            403, Fault.CLIENT, "The configuration does not allow this request: nothing to repair if that is meant."),
    /** The response began and did not come to its end. */
    HTTP_RESPONSE_INCOMPLETE(
            502, Fault.BACKEND, "The backend hung up within a response: look for a crash or a worker timeout there."),
    /** All fields of the response together, or one line of its head, are over the limit. */
    HTTP_RESPONSE_HEADER_SECTION_SIZE(
            502,
            Fault.ELSEWHERE,
            "The response's head is over the limit: make it smaller (cookies?) or raise the limit."),
    /** One field of the response is over the limit. */
    HTTP_RESPONSE_HEADER_SIZE(
            502,
            Fault.ELSEWHERE,
            "A field of the response is over the limit: make it smaller (a cookie?) or raise the limit."),
    /** The body of the response is over the limit. */
    HTTP_RESPONSE_BODY_SIZE(
            502, Fault.ELSEWHERE, "The response's body is over the limit: make it smaller or raise the limit."),
    /** All trailer fields of the response together are over the limit. */
    HTTP_RESPONSE_TRAILER_SECTION_SIZE(
            502, Fault.ELSEWHERE, "The response's trailers are over the limit: make them smaller or raise the limit."),
    /** One trailer field of the response is over the limit. */
    HTTP_RESPONSE_TRAILER_SIZE(
            502, Fault.ELSEWHERE, "A trailer of the response is over the limit: make it smaller or raise the limit."),
    /** A transfer coding that is unknown, or chunks that are none. */
    HTTP_RESPONSE_TRANSFER_CODING(
            502,
            Fault.BACKEND,
            "The backend frames its response wrongly (Transfer-Encoding, chunks): repair the application."),
    /** A content coding that cannot be decoded. */
    HTTP_RESPONSE_CONTENT_CODING(
            502,
            Fault.BACKEND,
            "The backend's response cannot be decompressed: repair the application's Content-Encoding."),
    /** No response, or not all of its head, in time. */
    HTTP_RESPONSE_TIMEOUT(
            504,
            Fault.BACKEND,
            "The backend did not answer in time: look for overload or a slow dependency there, or raise"
                    + " timeouts.response-head."),
    /** The switch to another protocol failed. Says nothing about requests without one. */
    HTTP_UPGRADE_FAILED(
            502, Fault.ELSEWHERE, "The backend switched protocols wrongly or unasked: check its WebSocket set-up."),
    /** The response is no valid HTTP. */
    HTTP_PROTOCOL_ERROR(
            502, Fault.BACKEND, "The backend's answer is not valid HTTP: is it the right port and the right scheme?"),
    /** The balancer answers by itself, since operators want it so: {@link Maintenance}. The RFC leaves the status open. */
    PROXY_INTERNAL_RESPONSE(
            503,
            Fault.OPERATORS,
            "Operators closed the pool or took out all of its backends: end the maintenance, or enable one."),
    /** A bug of the balancer, or a kernel that forbids what the balancer needs. */
    PROXY_INTERNAL_ERROR(
            500,
            Fault.OWN,
            "The fault lies in the balancer or its host: see its log; report it if it is not a permission."),
    /** The balancer's host has no more file descriptors, source ports or memory. */
    PROXY_RESOURCES_EXHAUSTED(
            503,
            "proxy_internal_error",
            Fault.OWN_LIMIT,
            "The balancer's host ran out of file descriptors, source ports or memory: raise ulimit -n or"
                    + " net.ipv4.ip_local_port_range, or add balancers."),
    /** The configuration cannot work. */
    PROXY_CONFIGURATION_ERROR(500, Fault.OWN, "The balancer's configuration cannot work: correct it."),
    /** The request came back to this balancer. */
    PROXY_LOOP_DETECTED(
            502, Fault.OWN, "The request came back to this balancer: a route leads to the balancer itself.");

    private enum Fault {
        BACKEND,
        /** The client's request, or where it wanted to go. */
        CLIENT,
        /** The balancer's configuration or code. */
        OWN,
        /** A limit of the balancer or its host. */
        OWN_LIMIT,
        /** None: it is meant to be so. */
        OPERATORS,
        /** Neither, or cannot be told. */
        ELSEWHERE
    }

    private static final int BAD_GATEWAY = 502;
    private static final int NOT_FOUND = 404;

    private final String token;
    private final int recommendedStatus;
    private final Fault fault;
    private final String remedy;

    ProxyError(int recommendedStatus, Fault fault, String remedy) {
        this.token = name().toLowerCase(Locale.ROOT);
        this.recommendedStatus = recommendedStatus;
        this.fault = fault;
        this.remedy = remedy;
    }

    ProxyError(int recommendedStatus, String token, Fault fault, String remedy) {
        this.token = token;
        this.recommendedStatus = recommendedStatus;
        this.fault = fault;
        this.remedy = remedy;
    }

    /** As in the RFC's registry, such as {@code connection_refused}; the label in metrics and logs. */
    public String token() {
        return token;
    }

    /**
     * The status that RFC 9209 recommends. {@link #HTTP_REQUEST_ERROR} stands for several: 400, unless whoever found it knows
     * a better 4xx.
     */
    public int recommendedStatus() {
        return recommendedStatus;
    }

    /** Whether it counts for the ejection of the backend. */
    public boolean blamesBackend() {
        return fault == Fault.BACKEND;
    }

    /** Whether a limit of the balancer itself was met: 503 with {@code Retry-After} under every setting. */
    public boolean ownLimit() {
        return fault == Fault.OWN_LIMIT;
    }

    /** One sentence that tells an operator what to do. */
    public String remedy() {
        return remedy;
    }

    /**
     * The status of the balancer's response.
     *
     * <p>Without {@code rfc9209}: 502 whatever kept every backend from a valid answer; but the balancer's own limits and
     * faults and the operators' maintenance say so (503, 500), a client's mistake stays one (4xx), and a request that no route matches gets 404, not the
     * RFC's 500: nothing is broken, every other proxy answers 404, and monitors must not take a crawler's guesses for an
     * outage.
     *
     * @param rfc9209 whether the RFC's recommendation decides
     */
    public int status(boolean rfc9209) {
        if (rfc9209) {
            return recommendedStatus;
        }
        if (this == DESTINATION_NOT_FOUND) {
            return NOT_FOUND;
        }
        return switch (fault) {
            case CLIENT, OWN, OWN_LIMIT, OPERATORS -> recommendedStatus;
            case BACKEND, ELSEWHERE -> BAD_GATEWAY;
        };
    }
}
