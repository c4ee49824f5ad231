package dev.weir.balancer.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What resolv.conf(5) says: whom to ask, and under which names.
 *
 * @param servers at most three, as in the C library
 */
record ResolverFile(List<InetSocketAddress> servers, List<String> search, int ndots) {
    private static final int DNS_PORT = 53;
    private static final int MAX_SERVERS = 3;

    /** Without a file: nobody to ask. */
    static ResolverFile read(Path file) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> search = List.of();
        int ndots = 1;
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().split("\\s+");
                List<String> values = List.of(words).subList(1, words.length);
                switch (words[0]) {
                    case "nameserver" -> values.stream().limit(1).forEach(address -> add(address, servers));
                    case "search", "domain" -> search = values;
                    case "options" -> ndots = ndots(values, ndots);
                    default -> {}
                }
            }
        } catch (IOException _) {
            return new ResolverFile(List.of(), List.of(), 1);
        }
        return new ResolverFile(List.copyOf(servers), search, ndots);
    }

    private static void add(String address, List<InetSocketAddress> servers) {
        try {
            if (servers.size() < MAX_SERVERS) {
                servers.add(new InetSocketAddress(InetAddress.ofLiteral(address), DNS_PORT));
            }
        } catch (IllegalArgumentException _) { // the C library passes over it, too
            return;
        }
    }

    private static int ndots(List<String> options, int otherwise) {
        return options.stream()
                .filter(option -> option.matches("ndots:[0-9]{1,2}"))
                .map(option -> Integer.valueOf(option.substring("ndots:".length())))
                .findFirst()
                .orElse(otherwise);
    }

    /** The names under which a name is looked for, in that order, each with its final dot. */
    List<String> candidates(String name) {
        if (name.endsWith(".")) {
            return List.of(name);
        }
        Set<String> names = new LinkedHashSet<>();
        String absolute = name + ".";
        boolean manyDots = name.chars().filter(c -> c == '.').count() >= ndots;
        if (manyDots) {
            names.add(absolute);
        }
        search.forEach(domain -> names.add(absolute + (domain.endsWith(".") ? domain : domain + ".")));
        names.add(absolute);
        return List.copyOf(names);
    }
}
