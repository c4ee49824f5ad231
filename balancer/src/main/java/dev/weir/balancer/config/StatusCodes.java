package dev.weir.balancer.config;

/** Which status a response gets that the balancer makes because no backend answered validly. */
public enum StatusCodes {
    /** 502 whatever the cause. */
    GATEWAY,
    /** The status that RFC 9209 section 2.3 recommends for the error type. */
    RFC9209
}
