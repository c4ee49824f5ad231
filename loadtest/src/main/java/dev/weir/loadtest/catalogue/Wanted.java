package dev.weir.loadtest.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An answer of a backend as a client has to get it: all of this, and nothing else. What a proxy has to add, it must have.
 *
 * @param fields of the head in any order, a line each, without those of {@link #ADDED}
 * @param interim statuses of the 1xx responses before it
 */
record Wanted(int status, List<String> fields, String body, List<Integer> interim) {
    /** RFC 9110 sections 7.6.3 and 6.6.1: who passed it on, and when it was made. */
    private static final List<Pattern> ADDED = List.of(
            Pattern.compile("via: 1\\.1 weir"),
            Pattern.compile("date: [A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT"));

    private static final String LENGTH = "content-length: ";
    private static final int SHOWN = 200;

    /** What backends of the fault library say in good health. */
    static Wanted greeting(String who) {
        return of(200, who + " is well\n").with("Content-Type: text/plain");
    }

    /** With a Content-Length. */
    static Wanted of(int status, String body) {
        return bare(status, body).with(LENGTH + body.length());
    }

    /** In chunks. */
    static Wanted chunked(String body) {
        return bare(200, body).with("Transfer-Encoding: chunked");
    }

    /** Of a status that has no body: 204, 304. */
    static Wanted bodiless(int status) {
        return bare(status, "");
    }

    private static Wanted bare(int status, String body) {
        return new Wanted(status, List.of(), body, List.of());
    }

    Wanted with(String field) {
        List<String> more = new ArrayList<>(fields);
        more.add(field);
        return new Wanted(status, List.copyOf(more), body, interim);
    }

    Wanted after(Integer... statuses) {
        return new Wanted(status, fields, body, List.of(statuses));
    }

    /** The same head without a body: the answer to HEAD; or as much of the body as came before it broke off. */
    Wanted withBody(String part) {
        return new Wanted(status, fields, part, interim);
    }

    /** Empty: it is as it should be, however it ended. */
    List<String> differences(Reply reply) {
        List<String> differences = new ArrayList<>();
        compare("status", status, reply.status(), differences);
        compare("interim responses", interim, reply.interim(), differences);
        compare("body", Text.quoted(body, SHOWN), Text.quoted(reply.body(), SHOWN), differences);
        compare("length of the body", (long) body.length(), reply.length(), differences);
        List<String> got = new ArrayList<>(normal(reply.fields()));
        for (Pattern added : ADDED) {
            long count = got.stream().filter(added.asMatchPredicate()).count();
            compare("fields like " + added, 1L, count, differences);
            got.removeIf(added.asMatchPredicate());
        }
        compare("fields", shown(normal(fields)), shown(got), differences);
        return differences;
    }

    private static void compare(String what, Object wanted, Object got, List<String> differences) {
        if (!wanted.equals(got)) {
            differences.add(what + ": expected " + wanted + ", got " + got);
        }
    }

    private static List<String> normal(List<String> lines) {
        return lines.stream().map(Wanted::normal).sorted().toList();
    }

    /** Names of fields have no case; and what is around a value does not matter. */
    private static String normal(String line) {
        int colon = line.indexOf(':');
        return colon < 0
                ? line
                : line.substring(0, colon).toLowerCase(Locale.ROOT) + ": "
                        + line.substring(colon + 1).strip();
    }

    private static String shown(List<String> lines) {
        String all = String.join(" | ", lines);
        return Text.quoted(all, SHOWN) + (all.length() > SHOWN ? " of " + all.length() + ", " + all.hashCode() : "");
    }
}
