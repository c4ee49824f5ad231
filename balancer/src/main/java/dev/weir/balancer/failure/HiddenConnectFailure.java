package dev.weir.balancer.failure;

import io.netty.channel.Channel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * With io_uring, Netty 4.2.18 takes a connect that ended with an ICMP error (host unreachable, administratively prohibited, ...)
 * for one that succeeded; the error shows at the first write, or never. The kernel still has it, and tells once.
 */
public final class HiddenConnectFailure {
    private HiddenConnectFailure() {}

    /**
     * To be asked once for each new connection; costs a system call.
     *
     * @return null: the connection stands
     */
    public static @Nullable IOException of(Channel connected) {
        if (!(connected instanceof UnixChannel unix) || !unix.fd().isOpen()) {
            return null;
        }
        try {
            int errno = new Socket(unix.fd().intValue()).getSoError();
            if (errno != 0) {
                Errors.handleConnectErrno("connect", -errno);
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }
}
