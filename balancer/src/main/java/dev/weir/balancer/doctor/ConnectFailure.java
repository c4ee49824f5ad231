package dev.weir.balancer.doctor;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/**
 * Why there is no connection. The JDK's class decides where it can; where one class stands for several error numbers, the words
 * of strerror(3) do, and unknown ones become {@link #OTHER}, which is reported with the words.
 */
enum ConnectFailure {
    /** ECONNREFUSED: a RST, or ICMP port unreachable. */
    REFUSED,
    /** No answer to the SYN. */
    NO_ANSWER,
    /** ENETUNREACH: no route here. */
    NO_ROUTE,
    /** EHOSTUNREACH: an unreachable route, no neighbour, or an ICMP message from a router or firewall. */
    HOST_UNREACHABLE,
    /** EACCES or EPERM: a prohibit route, SELinux, seccomp, a local firewall. */
    FORBIDDEN,
    /** EINVAL: a blackhole route. */
    BLACKHOLE,
    /** EADDRNOTAVAIL: no source address of that family, or no free source port. */
    NO_SOURCE_ADDRESS,
    RESET,
    OTHER;

    static ConnectFailure of(IOException failure) {
        String words = String.valueOf(failure.getMessage());
        return switch (failure) {
            case SocketTimeoutException _ -> NO_ANSWER;
            case NoRouteToHostException _ -> HOST_UNREACHABLE;
            case ConnectException _ -> words.contains("timed out") ? NO_ANSWER : REFUSED;
            case BindException _ -> words.contains("Permission denied") ? FORBIDDEN : NO_SOURCE_ADDRESS;
            case SocketException _ -> byWords(words);
            default -> OTHER;
        };
    }

    private static ConnectFailure byWords(String words) {
        if (words.contains("Network is unreachable")) {
            return NO_ROUTE;
        }
        if (words.contains("Permission denied") || words.contains("Operation not permitted")) {
            return FORBIDDEN;
        }
        if (words.contains("Invalid argument")) {
            return BLACKHOLE;
        }
        return words.contains("Connection reset") ? RESET : OTHER;
    }

    String code() {
        return switch (this) {
            case REFUSED -> "connection-refused";
            case NO_ANSWER -> "no-answer";
            case NO_ROUTE -> "no-route";
            case HOST_UNREACHABLE -> "host-unreachable";
            case FORBIDDEN -> "forbidden";
            case BLACKHOLE -> "blackhole";
            case NO_SOURCE_ADDRESS -> "no-source-address";
            case RESET -> "connection-reset";
            case OTHER -> "connect-failed";
        };
    }
}
