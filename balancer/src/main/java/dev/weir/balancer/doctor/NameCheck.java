package dev.weir.balancer.doctor;

import dev.weir.balancer.discovery.ResolvConf;
import dev.weir.balancer.doctor.DnsQueries.Reply;
import dev.weir.balancer.incident.Amount;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.HostsFileEntriesProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the backend's name stands for, as the hosts file, the system's resolver and each DNS server say. */
final class NameCheck {
    /** More are not examined: each costs a connect. */
    private static final int MAX_ADDRESSES = 8;

    /** @param failure in words; empty if there are addresses */
    private record SystemAnswer(List<InetAddress> addresses, String failure, long nanos) {}

    private final Plan plan;
    private final ResolvConf resolvers;
    private final Dialer dialer;
    private final LongSupplier nanoClock;

    /** @param resolverFile such as /etc/resolv.conf */
    NameCheck(Plan plan, Dialer dialer, Path resolverFile, LongSupplier nanoClock) {
        this.plan = plan;
        this.dialer = dialer;
        this.nanoClock = nanoClock;
        InetSocketAddress own = plan.resolver();
        this.resolvers = own == null ? ResolvConf.read(resolverFile) : new ResolvConf(List.of(own), List.of(), 1);
    }

    /** @return what to examine; empty if the name stands for nothing */
    List<InetAddress> check(Findings findings) {
        String host = plan.target().host();
        if (plan.target().isLiteral()) {
            findings.ok("address", host + " is an address: there is nothing to resolve.");
            return List.of(InetAddress.ofLiteral(host));
        }
        List<InetAddress> hosts = plan.resolver() == null ? hostsFile() : List.of();
        SystemAnswer system = plan.resolver() == null ? system(host) : new SystemAnswer(List.of(), "", 0);
        Map<InetSocketAddress, DnsAnswer> dns = plan.resolver() == null && isLocalName() ? Map.of() : dns(host);
        Set<InetAddress> all = new LinkedHashSet<>(system.addresses());
        all.addAll(hosts);
        if (all.isEmpty()) {
            dns.values().forEach(answer -> all.addAll(answer.addresses()));
        }
        facts(hosts, system, dns, all, findings);
        if (!all.isEmpty()) {
            resolved(hosts, system, all, findings);
        }
        boolean needed = hosts.isEmpty();
        dns.forEach((server, answer) -> answer.report(server, all.isEmpty(), needed, findings));
        if (all.isEmpty() && !findings.hasProblem()) {
            nothing(host, system, findings);
        }
        disagreement(hosts, system, dns, findings);
        if (all.size() > MAX_ADDRESSES) {
            findings.ok(
                    "many-addresses", "Of " + all.size() + " addresses, the first " + MAX_ADDRESSES + " are examined.");
        }
        return all.stream().limit(MAX_ADDRESSES).toList();
    }

    /** Asks once more, at the end of the examination. */
    void again(List<InetAddress> before, Findings findings) {
        String host = plan.target().host();
        if (plan.target().isLiteral() || before.isEmpty() || dialer.isOver()) {
            return;
        }
        Set<InetAddress> now = new LinkedHashSet<>();
        if (plan.resolver() == null) {
            now.addAll(system(host).addresses());
            now.addAll(hostsFile());
        } else {
            dns(host).values().forEach(answer -> now.addAll(answer.addresses()));
        }
        if (now.isEmpty()) {
            findings.warning(
                    "name-vanished",
                    "At the end of the examination, " + host + " could not be resolved any more.",
                    "The resolver answers only sometimes: look at it before anything else.");
        } else if (before.size() < MAX_ADDRESSES && !now.equals(new LinkedHashSet<>(before))) {
            findings.warning(
                    "name-changed",
                    "Within the examination, the addresses of " + host + " changed from " + text(before) + " to "
                            + text(now) + ".",
                    "If that is no roll-out, look for resolvers that disagree.");
        }
    }

    private boolean isLocalName() { // RFC 6761 section 6.3
        String lower = plan.target().plainHost().toLowerCase(Locale.ROOT);
        return lower.equals("localhost") || lower.endsWith(".localhost");
    }

    private List<InetAddress> hostsFile() {
        if (!Files.isReadable(plan.hostsFile())) {
            return List.of();
        }
        try {
            HostsFileEntriesProvider entries =
                    HostsFileEntriesProvider.parser().parse(plan.hostsFile().toFile());
            List<InetAddress> addresses = new ArrayList<>();
            String name = plan.target().plainHost().toLowerCase(Locale.ROOT);
            addresses.addAll(entries.ipv4Entries().getOrDefault(name, List.of()));
            addresses.addAll(entries.ipv6Entries().getOrDefault(name, List.of()));
            return nameless(addresses);
        } catch (IOException _) {
            return List.of();
        }
    }

    /** getaddrinfo(3) has no time limit of its own: it is asked in a thread that may be left behind. */
    private SystemAnswer system(String host) {
        long begin = nanoClock.getAsLong();
        FutureTask<List<InetAddress>> task = new FutureTask<>(() -> nameless(List.of(InetAddress.getAllByName(host))));
        Thread.ofPlatform().daemon().name("resolve").start(task);
        try {
            List<InetAddress> addresses = task.get(dialer.step().leftMillis(), TimeUnit.MILLISECONDS);
            return new SystemAnswer(addresses, "", nanoClock.getAsLong() - begin);
        } catch (ExecutionException e) {
            return new SystemAnswer(List.of(), words(e.getCause(), host), nanoClock.getAsLong() - begin);
        } catch (TimeoutException e) {
            return new SystemAnswer(
                    List.of(), "no answer within " + Amount.time(plan.timeout()), nanoClock.getAsLong() - begin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SystemAnswer(List.of(), "interrupted", nanoClock.getAsLong() - begin);
        }
    }

    private static String words(@Nullable Throwable failure, String host) {
        String words = failure == null ? "unknown" : String.valueOf(failure.getMessage());
        return words.startsWith(host + ": ") ? words.substring(host.length() + 2) : words;
    }

    /** Without the name that belongs to it, so that equal addresses are printed alike. */
    private static List<InetAddress> nameless(List<InetAddress> addresses) throws UnknownHostException {
        List<InetAddress> result = new ArrayList<>();
        for (InetAddress address : addresses) {
            InetAddress bare = InetAddress.getByAddress(address.getAddress());
            if (!result.contains(bare)) {
                result.add(bare);
            }
        }
        return result;
    }

    private Map<InetSocketAddress, DnsAnswer> dns(String host) {
        Map<InetSocketAddress, DnsAnswer> answers = new LinkedHashMap<>();
        try (DnsQueries queries = new DnsQueries(dialer, nanoClock)) {
            for (InetSocketAddress server : resolvers.servers()) {
                answers.put(server, ask(queries, server, host));
            }
        }
        return answers;
    }

    private DnsAnswer ask(DnsQueries queries, InetSocketAddress server, String host) {
        DnsAnswer answer = null;
        for (String name : resolvers.candidates(host)) {
            Reply v4 = queries.ask(server, name, DnsRecordType.A);
            boolean hopeless = v4.code().equals(Reply.TIMEOUT) || v4.code().equals(Reply.UNREACHABLE);
            Reply v6 = hopeless ? v4 : queries.ask(server, name, DnsRecordType.AAAA);
            answer = new DnsAnswer(name, v4, v6);
            if (hopeless || dialer.isOver() || !answer.addresses().isEmpty()) {
                return answer;
            }
        }
        return java.util.Objects.requireNonNull(answer, "there is always the name itself");
    }

    private void resolved(List<InetAddress> hosts, SystemAnswer system, Set<InetAddress> all, Findings findings) {
        String host = plan.target().host();
        String by = !hosts.isEmpty()
                ? "hosts file"
                : system.addresses().isEmpty() ? "DNS" : "system's resolver, " + Amount.time(system.nanos());
        findings.ok("resolved", host + " is " + text(all) + " (" + by + ").");
        if (!system.failure().isEmpty()) {
            findings.warning(
                    "system-resolver",
                    "The system's resolver does not know " + host + ": " + system.failure() + ".",
                    "Compare nsswitch.conf and resolv.conf with whom the name comes from.");
        }
    }

    private static void nothing(String host, SystemAnswer system, Findings findings) {
        findings.problem(
                "name-unknown",
                "Nobody knows an address for " + host + ": " + system.failure() + ".",
                "Check the name, its record, and the resolvers in resolv.conf.");
    }

    private void disagreement(
            List<InetAddress> hosts, SystemAnswer system, Map<InetSocketAddress, DnsAnswer> dns, Findings findings) {
        Set<InetAddress> local = new LinkedHashSet<>(system.addresses());
        local.addAll(hosts);
        dns.forEach((server, answer) -> {
            boolean common = answer.addresses().stream().anyMatch(local::contains);
            if (!local.isEmpty() && !answer.addresses().isEmpty() && !common) {
                findings.warning(
                        "resolvers-disagree",
                        "This system says " + text(local) + ", but DNS (" + ResolvConf.text(server) + ") says "
                                + text(answer.addresses()) + ".",
                        "Look for a stale line in " + plan.hostsFile() + ".");
            }
        });
    }

    private static void facts(
            List<InetAddress> hosts,
            SystemAnswer system,
            Map<InetSocketAddress, DnsAnswer> dns,
            Set<InetAddress> all,
            Findings findings) {
        findings.fact("addresses", texts(all));
        findings.fact("hosts_file", texts(hosts));
        findings.fact("system", texts(system.addresses()));
        findings.fact("system_ms", Amount.millis(system.nanos()));
        List<Object> list = new ArrayList<>();
        dns.forEach((server, answer) -> list.add(answer.facts(server)));
        findings.fact("dns", list);
    }

    private static List<String> texts(Iterable<InetAddress> addresses) {
        List<String> texts = new ArrayList<>();
        addresses.forEach(address -> texts.add(Addresses.text(address)));
        return texts;
    }

    /** Sorted, since resolvers turn the order round. */
    private static String text(Iterable<InetAddress> addresses) {
        return new TreeSet<>(texts(addresses)).stream().collect(Collectors.joining(", "));
    }
}
