package dev.weir.balancer.doctor;

import java.util.Locale;

/** What is examined, in this order. */
public enum Stage {
    NAME,
    ROUTE,
    CONNECT,
    TLS,
    HTTP,
    HEAD_SIZE,
    KEEP_ALIVE,
    LATENCY,
    BALANCER;

    /** As it is written in reports, such as {@code keep-alive}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
