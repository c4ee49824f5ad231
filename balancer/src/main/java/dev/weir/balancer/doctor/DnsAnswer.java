package dev.weir.balancer.doctor;

import dev.weir.balancer.discovery.ResolvConf;
import dev.weir.balancer.doctor.DnsQueries.Reply;
import dev.weir.balancer.incident.Amount;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one DNS server says of a name.
 *
 * @param name under which it was asked at last
 */
record DnsAnswer(String name, Reply v4, Reply v6) {
    List<InetAddress> addresses() {
        List<InetAddress> addresses = new ArrayList<>(v4.addresses());
        addresses.addAll(v6.addresses());
        return addresses;
    }

    /**
     * @param nothingKnown whether the name has no address from anywhere else either
     * @param needed false if the hosts file has the name, so that DNS does not matter
     */
    void report(InetSocketAddress server, boolean nothingKnown, boolean needed, Findings findings) {
        String who = "DNS (" + ResolvConf.text(server) + ")";
        if (!addresses().isEmpty()) {
            findings.ok("dns", who + " says: " + family("A", v4) + "; " + family("AAAA", v6) + ".");
            halfFailed(who, findings);
            return;
        }
        Severity severity = nothingKnown ? Severity.PROBLEM : needed ? Severity.WARNING : Severity.OK;
        String code = v4.code().equals(Reply.NO_ERROR) ? v6.code() : v4.code();
        switch (code) {
            case "NXDOMAIN" ->
                findings.add(
                        severity,
                        "dns-nxdomain",
                        who + " says that " + shown() + " does not exist (NXDOMAIN).",
                        "Check the spelling, the record, and the search domains in resolv.conf.");
            case Reply.TIMEOUT ->
                findings.add(
                        severity,
                        "dns-timeout",
                        who + " does not answer within " + Amount.time(v4.nanos()) + ".",
                        "Check that it runs and that UDP port " + server.getPort()
                                + " gets through; take dead ones out of resolv.conf, since each look-up waits for them.");
            case Reply.UNREACHABLE ->
                findings.add(
                        severity,
                        "dns-unreachable",
                        who + " cannot be reached: nothing listens there.",
                        "Start it, or correct the nameserver in resolv.conf.");
            case Reply.NO_ERROR ->
                findings.add(
                        severity,
                        "dns-no-address",
                        who + " knows " + shown() + ", but neither an A nor an AAAA record of it.",
                        "Add the record; a Kubernetes service without ready pods looks like this, too.");
            default ->
                findings.add(
                        severity,
                        "dns-error",
                        who + " answers " + code + " for " + shown() + ".",
                        "Look at the log of that DNS server: it could not, or would not, answer.");
        }
    }

    /** One of both questions went unanswered: resolvers that ask both wait for it, each time. */
    private void halfFailed(String who, Findings findings) {
        Reply empty = v4.addresses().isEmpty() ? v4 : v6;
        if (empty.addresses().isEmpty() && !empty.code().equals(Reply.NO_ERROR)) {
            findings.warning(
                    "dns-half-answer",
                    who + " answers only one of the questions for A and AAAA (" + empty.code() + " for the other).",
                    "Let it answer both: look-ups wait for the other one, or fail.");
        }
    }

    private String shown() {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static String family(String type, Reply reply) {
        if (reply.addresses().isEmpty()) {
            return "no " + type;
        }
        String addresses = reply.addresses().stream().map(Addresses::text).collect(Collectors.joining(", "));
        return type + " " + addresses + " (TTL " + reply.ttlSeconds() + " s, " + Amount.time(reply.nanos()) + ")";
    }

    Map<String, Object> facts(InetSocketAddress server) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("server", ResolvConf.text(server));
        facts.put("name", name);
        facts.put("a", facts(v4));
        facts.put("aaaa", facts(v6));
        return facts;
    }

    private static Map<String, Object> facts(Reply reply) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("code", reply.code());
        facts.put("addresses", reply.addresses().stream().map(Addresses::text).toList());
        if (reply.ttlSeconds() >= 0) {
            facts.put("ttl_s", reply.ttlSeconds());
        }
        facts.put("ms", Amount.millis(reply.nanos()));
        return facts;
    }
}
