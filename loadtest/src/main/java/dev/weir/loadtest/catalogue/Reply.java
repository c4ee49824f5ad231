package dev.weir.loadtest.catalogue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a client got for a request, down to how it ended.
 *
 * @param status 0: no head came
 * @param fields of the head, a line each
 * @param body as far as it came and is {@linkplain RawClient#KEPT_BODY kept}, without framing, a character for each byte; if
 *     no HTTP came, whatever came instead
 * @param length of the body as far as it came, kept or not
 * @param interim statuses of 1xx responses before it
 */
record Reply(int status, List<String> fields, String body, long length, List<Integer> interim, Ending ending) {

    enum Ending {
        /** As its framing says. */
        WHOLE,
        /** With the connection, and nothing says how long it should have been: it may be whole or not. */
        UNFRAMED,
        /** FIN too early. */
        CUT,
        /** RST. */
        RESET,
        /** Nothing more came for as long as the client waited. */
        HANG,
        /** Bytes that are no HTTP/1 response. */
        JUNK
    }

    boolean isWhole(int wanted) {
        return ending == Ending.WHOLE && status == wanted;
    }

    Optional<String> field(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return fields.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .findFirst();
    }

    /** The error type of RFC 9209 in it; empty: none. */
    String toldType() {
        return field("Proxy-Status")
                .map(value -> value.replaceAll(".*error=([a-z_]+).*", "$1"))
                .orElse("");
    }

    /** Whether another request may follow on the same connection. */
    boolean keepsConnection() {
        boolean framed = field("Content-Length").isPresent()
                || field("Transfer-Encoding").isPresent()
                || status == 204
                || status == 304;
        return ending == Ending.WHOLE
                && framed
                && field("Connection").filter("close"::equalsIgnoreCase).isEmpty();
    }

    /** For a cell of a table. */
    String summary() {
        String head = interim.isEmpty() ? "" : interim.toString().replaceAll("[\\[\\] ]", "") + ",";
        if (status == 0) {
            return head
                    + switch (ending) {
                        case WHOLE, UNFRAMED, CUT -> "closed without a byte";
                        case RESET -> "reset without a byte";
                        case HANG -> "nothing (hangs)";
                        case JUNK -> "no HTTP: " + Text.quoted(body, 24);
                    };
        }
        return head
                + status
                + switch (ending) {
                    case WHOLE -> "";
                    case UNFRAMED -> ", ends with the connection after " + length + " B";
                    case CUT -> ", cut after " + length + " B";
                    case RESET -> ", reset after " + length + " B";
                    case HANG -> ", hangs after " + length + " B";
                    case JUNK -> ", broken after " + length + " B";
                };
    }
}
