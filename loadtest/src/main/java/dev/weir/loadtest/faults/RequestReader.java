package dev.weir.loadtest.faults;

import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads requests most literally. Whatever RFC 9112 lets two servers understand differently is held against the request; the
 * reader goes on after that only if it can still tell where the request ends.
 */
final class RequestReader {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern.compile(TOKEN + " [\\x21-\\x7e]+ HTTP/1\\.([01])");
    private static final Pattern FIELD =
            Pattern.compile(TOKEN + ":[ \\t]*(?:[\\x21-\\x7e\\x80-\\xff][\\x20-\\x7e\\x80-\\xff\\t]*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9A-Fa-f]{1,7})(.*)");
    private static final int LONGEST_LINE = 1024 * 1024;

    private final Wire wire;
    private boolean http11;

    RequestReader(Wire wire) {
        this.wire = wire;
    }

    /** There is no telling where the request ends. */
    static final class Unreadable extends IOException {
        @Serial
        private static final long serialVersionUID = 1;

        Unreadable(String what) {
            super(what);
        }
    }

    /**
     * @throws Unreadable what is wrong; it is noted, too
     * @throws EOFException it ends in the middle
     */
    void readHead() throws IOException {
        String line = readLine();
        Matcher parts = REQUEST_LINE.matcher(line);
        if (!parts.matches()) {
            throw unreadable("request line: " + line);
        }
        http11 = parts.group(1).equals("1");
        readFields();
        wire.request().headEnds();
        List<String> hosts = wire.request().values("host");
        if (hosts.size() > 1 || (http11 && hosts.isEmpty())) {
            note("hosts: " + hosts);
        }
    }

    /** Whether the client waits for leave to send its body. */
    boolean expectsContinue() {
        return http11
                && wire.request().values("expect").stream()
                        .anyMatch(value -> value.toLowerCase(Locale.ROOT).equals("100-continue"));
    }

    /** Whether the client wants the connection to last. */
    boolean keepsAlive() {
        boolean close = wire.request().values("connection").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("close"));
        return http11 && !close;
    }

    /** To be called once for each head. As {@link #readHead}. */
    void readBody() throws IOException {
        ReceivedRequest request = wire.request();
        List<String> lengths = request.values("content-length");
        List<String> codings = request.values("transfer-encoding");
        if (lengths.size() + codings.size() > 1) {
            throw unreadable("framing: Content-Length " + lengths + ", Transfer-Encoding " + codings);
        }
        if (!codings.isEmpty()) {
            if (!codings.getFirst().equalsIgnoreCase("chunked")) {
                throw unreadable("coding: " + codings);
            }
            readChunks();
        } else if (!lengths.isEmpty()) {
            if (!LENGTH.matcher(lengths.getFirst()).matches()) {
                throw unreadable("length: " + lengths);
            }
            skip(Long.parseLong(lengths.getFirst()));
        }
        request.ends();
    }

    private void readChunks() throws IOException {
        while (true) {
            Matcher parts = CHUNK_SIZE.matcher(readLine());
            if (!parts.matches()) {
                throw unreadable("chunk size");
            }
            if (!parts.group(2).isEmpty()) {
                note("chunk extension: " + parts.group(2));
            }
            int length = Integer.parseInt(parts.group(1), 16);
            if (length == 0) {
                readFields();
                return;
            }
            skip(length);
            if (!readLine().isEmpty()) {
                throw unreadable("no line end behind a chunk");
            }
        }
    }

    private void readFields() throws IOException {
        String line = readLine();
        while (!line.isEmpty()) {
            if (!FIELD.matcher(line).matches()) {
                note("field: " + line);
            }
            line = readLine();
        }
    }

    private void skip(long length) throws IOException {
        if (!wire.skip(length)) {
            throw new EOFException();
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        int octet = wire.read();
        while (octet != '\n') {
            if (octet < 0) {
                throw new EOFException();
            }
            if (octet == 0 || (!line.isEmpty() && line.charAt(line.length() - 1) == '\r')) {
                note(octet == 0 ? "NUL behind " + line : "a bare CR in " + line);
            }
            line.append((char) octet);
            if (line.length() > LONGEST_LINE) {
                throw unreadable("a line of more than " + LONGEST_LINE + " bytes");
            }
            octet = wire.read();
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            note("a bare LF behind " + line);
            return line.toString();
        }
        return line.substring(0, line.length() - 1);
    }

    private void note(String what) {
        wire.request().violates(what);
    }

    private Unreadable unreadable(String what) {
        note(what);
        return new Unreadable(what);
    }
}
