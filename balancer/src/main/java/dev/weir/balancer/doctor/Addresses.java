package dev.weir.balancer.doctor;

import io.netty.util.NetUtil;
import java.net.InetAddress;

/** Addresses for people: IPv6 in its short form (RFC 5952). */
final class Addresses {
    private Addresses() {}

    static String text(InetAddress address) {
        return NetUtil.toAddressString(address);
    }

    /** However it was written; what is no address stays as it is. */
    static String normal(String text) {
        try {
            return text(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
