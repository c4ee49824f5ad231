package dev.weir.balancer.admin;

import dev.weir.balancer.config.Cidr;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may change something. The peer's address decides; and since an operator's browser has a good address too, a page from
 * elsewhere must not speak through it: browsers say with each PUT and DELETE where the page is from ({@code Origin}, {@code
 * Sec-Fetch-Site}), and a page is believed only if this port itself served it under an address, or as localhost. Under any other
 * name it may come from anywhere, by a name server that gives two answers ("DNS rebinding"). Programs send none of these fields.
 */
final class WriteGuard {
    private static final String SITE = "Sec-Fetch-Site";
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private final List<Cidr> writers;

    /** @param writers peers that may */
    WriteGuard(List<Cidr> writers) {
        this.writers = writers;
    }

    /** @return why the request must not change anything; null: it may */
    @Nullable
    String objection(HttpServerRequest request) {
        if (writers.isEmpty()) {
            return "this port is read-only: admin.writers is empty";
        }
        String peer =
                request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
        if (peer == null || !isWriter(peer)) {
            return "directives are not taken from " + (peer == null ? "an unknown peer" : peer)
                    + ": admin.writers does not list it";
        }
        return isOfForeignPage(request)
                ? "directives are not taken from a web page of another origin, nor under a name; use weir, curl, or the address"
                : null;
    }

    private boolean isWriter(String peer) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(withoutScope(peer));
        if (address == null) {
            return false;
        }
        InetAddress parsed = InetAddress.ofLiteral(NetUtil.bytesToIpAddress(address));
        return writers.stream().anyMatch(writer -> writer.contains(parsed));
    }

    private static String withoutScope(String address) {
        int scope = address.indexOf('%');
        return scope < 0 ? address : address.substring(0, scope);
    }

    private static boolean isOfForeignPage(HttpServerRequest request) {
        List<String> origins = request.headers().getAll(HttpHeaders.ORIGIN);
        List<String> sites = request.headers().getAll(SITE);
        if (origins.isEmpty() && sites.isEmpty()) {
            return false;
        }
        String host = request.getHeader(HttpHeaders.HOST);
        return host == null
                || !isAddress(host)
                || !OWN_SITES.containsAll(sites)
                || !origins.stream().allMatch(origin -> origin.equalsIgnoreCase("http://" + host));
    }

    /** @param host with or without a port */
    private static boolean isAddress(String host) {
        int bracket = host.indexOf(']');
        int colon = host.indexOf(':', Math.max(0, bracket));
        String name = colon < 0 ? host : host.substring(0, colon);
        String bare =
                bracket > 0 && name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        return bare.toLowerCase(Locale.ROOT).equals("localhost")
                || NetUtil.isValidIpV4Address(bare)
                || NetUtil.isValidIpV6Address(bare);
    }
}
