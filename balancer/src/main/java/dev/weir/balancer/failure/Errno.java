package dev.weir.balancer.failure;

import io.netty.channel.unix.Errors.NativeIoException;
import java.net.ConnectException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's error number behind an exception of the native transports. The numbers are Linux's, since native transports
 * are used on Linux only; all are generic but for alpha, mips and sparc ({@code asm-generic/errno.h}).
 */
public final class Errno {
    public static final int NONE = 0;

    public static final int EPERM = 1;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int EPIPE = 32;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int ENOTCONN = 107;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;

    /**
     * For every errno of connect(2) Netty's native transports throw a plain ConnectException whose only record of the number
     * is "failed with error(-99)" ({@code io.netty.channel.unix.Errors.newConnectException0}). The words behind it vary with
     * the C library; the number does not.
     */
    private static final Pattern NUMBER = Pattern.compile("\\(\\.\\.\\) failed with error\\(-(\\d{1,4})\\)");

    private Errno() {}

    /** @return such as {@code EMFILE: too many open files}; the bare number if it has no name here */
    static String words(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM: operation not permitted";
            case EAGAIN -> "EAGAIN: try again";
            case ENOMEM -> "ENOMEM: out of memory";
            case EACCES -> "EACCES: permission denied";
            case EINVAL -> "EINVAL: invalid argument";
            case ENFILE -> "ENFILE: too many open files in system";
            case EMFILE -> "EMFILE: too many open files";
            case EPIPE -> "EPIPE: broken pipe";
            case EADDRINUSE -> "EADDRINUSE: address in use";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL: cannot assign requested address";
            case ENETDOWN -> "ENETDOWN: network is down";
            case ENETUNREACH -> "ENETUNREACH: network is unreachable";
            case ECONNABORTED -> "ECONNABORTED: connection aborted";
            case ECONNRESET -> "ECONNRESET: connection reset by peer";
            case ENOBUFS -> "ENOBUFS: no buffer space available";
            case ENOTCONN -> "ENOTCONN: not connected";
            case ETIMEDOUT -> "ETIMEDOUT: connection timed out";
            case ECONNREFUSED -> "ECONNREFUSED: connection refused";
            case EHOSTDOWN -> "EHOSTDOWN: host is down";
            case EHOSTUNREACH -> "EHOSTUNREACH: no route to host";
            default -> "errno " + errno;
        };
    }

    /** @return {@link #NONE} if the exception itself (not its cause) carries no number */
    public static int of(Throwable exception) {
        if (exception instanceof NativeIoException io) {
            return -io.expectedErr();
        }
        if (exception instanceof NoRouteException) {
            return ENETUNREACH;
        }
        if (exception instanceof ConnectException && exception.getMessage() != null) {
            Matcher number = NUMBER.matcher(exception.getMessage());
            return number.find() ? Integer.parseInt(number.group(1)) : NONE;
        }
        return NONE;
    }

    /** Such as {@code ECONNREFUSED}; {@code errno 5} for one without a constant here. */
    public static String name(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case EINVAL -> "EINVAL";
            case ENFILE -> "ENFILE";
            case EMFILE -> "EMFILE";
            case EPIPE -> "EPIPE";
            case EADDRINUSE -> "EADDRINUSE";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL";
            case ENETDOWN -> "ENETDOWN";
            case ENETUNREACH -> "ENETUNREACH";
            case ECONNABORTED -> "ECONNABORTED";
            case ECONNRESET -> "ECONNRESET";
            case ENOBUFS -> "ENOBUFS";
            case ENOTCONN -> "ENOTCONN";
            case ETIMEDOUT -> "ETIMEDOUT";
            case ECONNREFUSED -> "ECONNREFUSED";
            case EHOSTDOWN -> "EHOSTDOWN";
            case EHOSTUNREACH -> "EHOSTUNREACH";
            default -> "errno " + errno;
        };
    }
}
