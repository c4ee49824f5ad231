package dev.weir.balancer.doctor;

import dev.weir.balancer.doctor.Response.Field;
import dev.weir.balancer.doctor.Response.Head;
import dev.weir.balancer.failure.IndispensableField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the head of a response leniently, and notes each rule of RFC 9112 that it breaks. */
final class HeadReader {
    /** Sixteen times what the balancer takes at most by default: more says nothing more. */
    private static final long MAX_HEAD = 1024 * 1024;

    private static final Pattern STATUS_LINE = Pattern.compile("(HTTP/\\S+) +(\\d{1,9})(?: (.*))?");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** What began like a response is none. */
    static final class NotHttp extends IOException {
        private static final long serialVersionUID = 1;

        NotHttp(String message) {
            super(message);
        }
    }

    private final Inflow inflow;
    private final Violations violations;

    HeadReader(Inflow inflow, Violations violations) {
        this.inflow = inflow;
        this.violations = violations;
    }

    Head read() throws IOException {
        long begin = inflow.taken();
        Inflow.Line first = line(begin);
        String statusLine = first.text();
        Matcher matcher = STATUS_LINE.matcher(statusLine);
        if (!matcher.matches()) {
            throw new NotHttp("no status line");
        }
        lineEnd(first, "the status line");
        String version = matcher.group(1);
        int status = Integer.parseInt(matcher.group(2));
        statusLine(version, matcher.group(2), status);
        List<Field> fields = new ArrayList<>();
        for (Inflow.Line line = line(begin); !line.bytes().isEmpty(); line = line(begin)) {
            lineEnd(line, "the head");
            field(line, fields);
        }
        return new Head(version, status, statusLine, List.copyOf(fields), inflow.taken() - begin);
    }

    private Inflow.Line line(long begin) throws IOException {
        return inflow.line((int) Math.max(0, MAX_HEAD - (inflow.taken() - begin)));
    }

    private void lineEnd(Inflow.Line line, String where) {
        if (line.bareLf()) {
            violations.bareLf(where, line.bytes());
        }
    }

    private void statusLine(String version, String digits, int status) {
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            violations.problem(
                    "http-version",
                    "It answers an HTTP/1.1 request as " + version + "." + Violations.FAILS,
                    "Let it answer as HTTP/1.1.");
        }
        if (digits.length() != 3 || status < 100 || status > 599) {
            violations.problem(
                    "status-out-of-range",
                    "It sent the status " + digits + "; a status is a number from 100 to 599." + Violations.FAILS,
                    Violations.REPAIR + ".");
        }
    }

    private void field(Inflow.Line line, List<Field> fields) {
        String text = line.text();
        if (text.charAt(0) == ' ' || text.charAt(0) == '\t') {
            fold(line, text, fields);
            return;
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            violations.problem(
                    "field-without-colon",
                    "Its head has a line without a colon: " + line.bytes().quote() + "." + Violations.FAILS,
                    Violations.REPAIR + ".");
            return;
        }
        name(text.substring(0, colon), line);
        String value = text.substring(colon + 1).strip();
        value(text.substring(0, colon), value);
        fields.add(new Field(text.substring(0, colon).strip(), value));
    }

    /** RFC 9112 section 5.2. */
    private void fold(Inflow.Line line, String text, List<Field> fields) {
        violations.warning(
                "folded-field",
                "It folds a field over several lines: " + line.bytes().quote()
                        + ". Weir joins them; nginx answers 502.",
                Violations.REPAIR + ": folding is forbidden since RFC 7230.");
        if (!fields.isEmpty()) {
            Field last = fields.removeLast();
            fields.add(new Field(last.name(), last.value() + " " + text.strip()));
        }
    }

    private void name(String name, Inflow.Line line) {
        if (!TOKEN.matcher(name.stripTrailing()).matches() && IndispensableField.isMeant(name)) {
            violations.problem(
                    "indispensable-field",
                    "It sends a field on which the response depends under a name that is not valid: "
                            + line.bytes().quote() + "." + Violations.FAILS,
                    Violations.REPAIR + ": names have no blanks.");
        } else if (!TOKEN.matcher(name).matches()) {
            violations.warning(
                    "field-name",
                    "It sends a field whose name is not valid: " + line.bytes().quote()
                            + ". Weir drops it; nginx and HAProxy answer 502.",
                    Violations.REPAIR + ": names have no blanks, not even in front of the colon.");
        }
    }

    private void value(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char octet = value.charAt(i);
            if ((octet < 0x20 && octet != '\t') || octet == 0x7f) {
                if (IndispensableField.isMeant(name)) {
                    violations.problem(
                            "indispensable-field",
                            String.format(
                                    "The field %s, on which the response depends, has the byte 0x%02x at position %d.%s",
                                    name, (int) octet, i, Violations.FAILS),
                            Violations.REPAIR + ": no control characters in fields.");
                    return;
                }
                violations.warning(
                        "field-value",
                        String.format(
                                "The field %s has the byte 0x%02x at position %d. Weir drops it.",
                                name, (int) octet, i),
                        Violations.REPAIR + ": no control characters in fields.");
                return;
            }
        }
    }
}
