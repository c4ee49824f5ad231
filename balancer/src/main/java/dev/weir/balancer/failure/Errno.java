package dev.weir.balancer.failure;

import io.netty.channel.unix.Errors.NativeIoException;
import java.net.ConnectException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's error number behind an exception of the native transports. The numbers are Linux's, since native transports
 * are used on Linux only; all are generic but for alpha, mips and sparc ({@code asm-generic/errno.h}).
 */
final class Errno {
    static final int NONE = 0;

    static final int EPERM = 1;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int EPIPE = 32;
    static final int EADDRINUSE = 98;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETDOWN = 100;
    static final int ENETUNREACH = 101;
    static final int ECONNABORTED = 103;
    static final int ECONNRESET = 104;
    static final int ENOBUFS = 105;
    static final int ENOTCONN = 107;
    static final int ETIMEDOUT = 110;
    static final int ECONNREFUSED = 111;
    static final int EHOSTDOWN = 112;
    static final int EHOSTUNREACH = 113;

    /**
     * For every errno of connect(2) Netty's native transports throw a plain ConnectException whose only record of the number
     * is "failed with error(-99)" ({@code io.netty.channel.unix.Errors.newConnectException0}). The words behind it vary with
     * the C library; the number does not.
     */
    private static final Pattern NUMBER = Pattern.compile("\\(\\.\\.\\) failed with error\\(-(\\d{1,4})\\)");

    private Errno() {}

    /** @return {@link #NONE} if the exception itself (not its cause) carries no number */
    static int of(Throwable exception) {
        if (exception instanceof NativeIoException io) {
            return -io.expectedErr();
        }
        if (exception instanceof ConnectException && exception.getMessage() != null) {
            Matcher number = NUMBER.matcher(exception.getMessage());
            return number.find() ? Integer.parseInt(number.group(1)) : NONE;
        }
        return NONE;
    }
}
