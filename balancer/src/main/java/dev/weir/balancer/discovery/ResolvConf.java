package dev.weir.balancer.discovery;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What matters of {@code /etc/resolv.conf}, as resolv.conf(5) describes it.
 *
 * @param servers never empty
 * @param search domains that are tried behind a name that is not complete
 * @param ndots a name with so many dots is tried by itself first
 */
public record ResolvConf(List<InetSocketAddress> servers, List<String> search, int ndots) {
    public static final int DNS_PORT = 53;
    private static final int MAX_SERVERS = 3;
    private static final int MAX_NDOTS = 15;
    private static final int MAX_NAME = 254; // RFC 1035 section 2.3.4, with the final dot

    public ResolvConf {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** Blocks. A file that is missing or unreadable says nothing. */
    public static ResolvConf read(Path file) {
        try {
            return parse(Files.readAllLines(file, StandardCharsets.ISO_8859_1)); // a comment may be in any encoding
        } catch (IOException none) {
            return parse(List.of());
        }
    }

    /** Lines that make no sense are passed over, as every resolver does. */
    static ResolvConf parse(List<String> lines) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> search = List.of();
        int ndots = 1;
        for (String line : lines) {
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "nameserver" -> addServer(servers, words);
                case "search", "domain" -> search = domains(words); // the last one counts
                case "options" -> ndots = ndots(words, ndots);
                default -> {
                    // a comment, or what only other resolvers mind
                }
            }
        }
        if (servers.isEmpty()) {
            servers.add(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), DNS_PORT));
        }
        return new ResolvConf(servers, search, ndots);
    }

    private static void addServer(List<InetSocketAddress> servers, String[] words) {
        if (words.length < 2 || servers.size() == MAX_SERVERS) {
            return;
        }
        try {
            servers.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), DNS_PORT));
        } catch (IllegalArgumentException noAddress) {
            // passed over
        }
    }

    private static List<String> domains(String[] words) {
        List<String> domains = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            String domain = words[i].toLowerCase(Locale.ROOT);
            String complete = domain.endsWith(".") ? domain : domain + ".";
            if (isName(complete)) {
                domains.add(complete);
            }
        }
        return domains;
    }

    /** Whether it can be asked for: no label is empty, or too long. */
    private static boolean isName(String complete) {
        try {
            return complete.length() > 1 && !IDN.toASCII(complete).isEmpty();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static int ndots(String[] words, int before) {
        int ndots = before;
        for (String word : words) {
            if (word.matches("ndots:[0-9]{1,9}")) {
                ndots = Math.min(MAX_NDOTS, Integer.parseInt(word.substring("ndots:".length())));
            }
        }
        return ndots;
    }

    public ResolvConf with(List<InetSocketAddress> others) {
        return others.isEmpty() ? this : new ResolvConf(others, search, ndots);
    }

    /** As operators write a server: without the port that all name servers have. */
    public static String text(InetSocketAddress server) {
        String host = NetUtil.toAddressString(server.getAddress());
        if (server.getPort() == DNS_PORT) {
            return host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.getPort();
    }

    /** The complete names, each with a final dot, that a name may stand for, in the order in which they are to be tried. */
    public List<String> candidates(String host) {
        if (host.endsWith(".")) {
            return List.of(host);
        }
        boolean itselfFirst = host.chars().filter(c -> c == '.').count() >= ndots;
        Set<String> names = new LinkedHashSet<>();
        if (itselfFirst) {
            names.add(host + ".");
        }
        search.forEach(domain -> names.add(host + "." + domain));
        names.add(host + ".");
        return names.stream().filter(name -> name.length() <= MAX_NAME).toList();
    }
}
