package dev.weir.balancer.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of addresses such as {@code 10.0.0.0/8}, {@code ::1} or {@code 192.0.2.7}. Immutable. */
public final class Cidr {
    private static final Pattern RANGE = Pattern.compile("([^/]*)(?:/([0-9]{1,3}))?");

    private final byte[] network;
    private final int prefix;

    private Cidr(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /** @throws IllegalArgumentException with a message for the user */
    public static Cidr parse(String text) {
        Matcher matcher = RANGE.matcher(text);
        InetAddress literal = matcher.matches() ? IpLiteral.parse(matcher.group(1)) : null;
        if (literal != null) {
            byte[] address = literal.getAddress();
            int bits = address.length * 8;
            int prefix = matcher.group(2) == null ? bits : Integer.parseInt(matcher.group(2));
            if (prefix <= bits) {
                return new Cidr(address, prefix);
            }
        }
        throw Scalars.wrong(text, "is not an address or a range of addresses", "one such as 10.0.0.0/8 or ::1");
    }

    public boolean contains(InetAddress candidate) {
        byte[] address = candidate.getAddress();
        if (address.length != network.length) {
            return false;
        }
        int whole = prefix / 8;
        if (!Arrays.equals(address, 0, whole, network, 0, whole)) {
            return false;
        }
        int rest = prefix % 8;
        return rest == 0 || ((address[whole] ^ network[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && cidr.prefix == prefix && Arrays.equals(cidr.network, network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + prefix;
    }

    @Override
    public String toString() {
        return Arrays.toString(network) + "/" + prefix;
    }
}
