package dev.weir.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where other nodes may be found: a list of addresses and names, each with or without a port. A name stands for all of its
 * addresses, such as those of a headless service, and is resolved again and again.
 */
final class Seeds {
    private static final Logger LOG = LoggerFactory.getLogger(Seeds.class);

    private final List<Seed> seeds;
    private final Resolver resolver;

    /** What a seed stood for last: it is kept while its name cannot be resolved. */
    private final Map<Seed, List<String>> known = new HashMap<>();

    /** It is said once of each, and not every few seconds. */
    private final Set<Seed> unresolved = new HashSet<>();

    private volatile List<String> current = List.of();

    /** Names to addresses. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    private record Seed(String host, int port) {}

    /** @param defaultPort of those that do not name one */
    Seeds(List<String> seeds, int defaultPort, Resolver resolver) {
        this.seeds = seeds.stream().map(text -> parse(text, defaultPort)).toList();
        this.resolver = resolver;
    }

    /** @throws IllegalArgumentException if that is no list of seeds; says which and why */
    static void check(List<String> seeds) {
        seeds.forEach(text -> parse(text, 1));
    }

    private static Seed parse(String text, int defaultPort) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        boolean bareV6 = !bracketed && colon != text.indexOf(':');
        boolean withPort = colon >= 0 && !bareV6 && text.charAt(text.length() - 1) != ']';
        String host = withPort ? text.substring(0, colon) : text;
        if (bracketed && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || "[]*/,;".indexOf(c) >= 0)) {
            throw notASeed(text);
        }
        return new Seed(host, withPort ? port(text, text.substring(colon + 1)) : defaultPort);
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Says the same as a number that is none of a port.
        }
        throw notASeed(text);
    }

    private static IllegalArgumentException notASeed(String text) {
        return new IllegalArgumentException(
                "seed: '" + text + "' (expected: a name or address, with or without a port, such as weir-peers:5701)");
    }

    /** Blocks for as long as names take. Not for two threads at once. */
    void resolve() {
        Set<String> addresses = new LinkedHashSet<>();
        for (Seed seed : seeds) {
            addresses.addAll(resolve(seed));
        }
        current = List.copyOf(addresses);
    }

    private List<String> resolve(Seed seed) {
        try {
            List<String> addresses = new ArrayList<>();
            for (InetAddress address : resolver.resolve(seed.host)) {
                String host = address.getHostAddress();
                addresses.add((host.contains(":") ? "[" + host + "]" : host) + ":" + seed.port);
            }
            known.put(seed, addresses);
            if (unresolved.remove(seed)) {
                LOG.info("Other nodes of the cluster: '{}' can be resolved again", seed.host);
            }
            return addresses;
        } catch (UnknownHostException e) {
            List<String> before = known.getOrDefault(seed, List.of());
            if (unresolved.add(seed)) {
                LOG.warn(
                        "Other nodes of the cluster: cannot resolve '{}', {} addresses known from before",
                        seed.host,
                        before.size());
            }
            return before;
        }
    }

    /** Addresses with ports, as last resolved. Any thread. */
    List<String> current() {
        return current;
    }
}
