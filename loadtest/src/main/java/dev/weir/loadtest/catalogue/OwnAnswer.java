package dev.weir.loadtest.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** An answer that the balancer makes by itself, and what it must and may tell a client that does not say what it accepts. */
final class OwnAnswer {
    private static final Set<String> REQUIRED =
            Set.of("content-type", "content-length", "cache-control", "vary", "date", "proxy-status", "x-incident-id");

    /** The first one with 503, the second one if the connection cannot go on. */
    private static final Set<String> POSSIBLE = Set.of("retry-after", "connection");

    private OwnAnswer() {}

    /**
     * @param type of RFC 9209
     * @return what is not as it should be; empty: all is
     */
    static List<String> differences(int status, String type, Reply reply) {
        List<String> wrong = new ArrayList<>();
        compare("status", Integer.toString(status), reply.summary(), wrong);
        compare("type in Proxy-Status", type, reply.toldType(), wrong);
        names(reply, wrong);
        String id = reply.field("X-Incident-Id").orElse("");
        if (!reply.body().startsWith(status + " ")
                || id.isEmpty()
                || !reply.body().contains(id)) {
            wrong.add("body: expected status and incident " + id + ", got " + Text.quoted(reply.body(), 300));
        }
        if (reply.field("Connection").filter(value -> !value.equals("close")).isPresent()) {
            wrong.add("Connection: expected close or none, got " + reply.field("Connection"));
        }
        return wrong;
    }

    private static void names(Reply reply, List<String> wrong) {
        Set<String> unexpected = new TreeSet<>();
        Set<String> missing = new TreeSet<>(REQUIRED);
        for (String line : reply.fields()) {
            String name = line.split(":", 2)[0].toLowerCase(Locale.ROOT);
            if (!missing.remove(name) && !POSSIBLE.contains(name)) {
                unexpected.add(name); // or it is there twice
            }
        }
        compare("fields that are missing", Set.of(), missing, wrong);
        compare("fields that nobody needs", Set.of(), unexpected, wrong);
    }

    private static void compare(String what, Object wanted, Object got, List<String> wrong) {
        if (!wanted.equals(got)) {
            wrong.add(what + ": expected " + wanted + ", got " + got);
        }
    }
}
