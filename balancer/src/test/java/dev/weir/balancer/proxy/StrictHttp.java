package dev.weir.balancer.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parser of requests that knows nothing of leniency, and shares nothing with the one under test: whatever RFC 9112 lets two
 * servers understand differently is a violation.
 */
final class StrictHttp {
    private static final Pattern REQUEST_LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\\x21-\\x7e]+) HTTP/1\\.1");
    private static final Pattern FIELD = Pattern.compile(
            "([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*((?:[\\x21-\\x7e\\x80-\\xff][\\x20-\\x7e\\x80-\\xff\\t]*)?)");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9A-Fa-f]{1,7}");

    private StrictHttp() {}

    /** @param fields with lower-case names, as "name: value" */
    record Request(String method, String target, List<String> fields, String body) {
        List<String> values(String name) {
            return StrictHttp.values(fields, name);
        }
    }

    /** Something that could be understood in another way, too. */
    static final class Violation extends IOException {
        @Serial
        private static final long serialVersionUID = 1;

        Violation(String what) {
            super(what);
        }
    }

    /**
     * @return null at the end
     * @throws Violation what is wrong
     * @throws EOFException it ends in the middle
     */
    static @Nullable Request read(InputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        String line = readLine(in, first);
        var parts = REQUEST_LINE.matcher(line);
        if (!parts.matches()) {
            throw new Violation("request line: " + line);
        }
        List<String> fields = readFields(in);
        if (values(fields, "host").size() != 1) {
            throw new Violation("hosts: " + values(fields, "host"));
        }
        return new Request(parts.group(1), parts.group(2), fields, readBody(in, fields));
    }

    private static List<String> values(List<String> fields, String name) {
        return fields.stream()
                .filter(field -> field.startsWith(name + ": "))
                .map(field -> field.substring(name.length() + 2))
                .toList();
    }

    private static String readBody(InputStream in, List<String> fields) throws IOException {
        List<String> lengths = values(fields, "content-length");
        List<String> codings = values(fields, "transfer-encoding");
        if (lengths.size() + codings.size() > 1) {
            throw new Violation("framing: " + lengths + codings);
        }
        if (!codings.isEmpty()) {
            if (!codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new Violation("coding: " + codings);
            }
            return readChunks(in);
        }
        if (lengths.isEmpty()) {
            return "";
        }
        if (!LENGTH.matcher(lengths.getFirst()).matches()) {
            throw new Violation("length: " + lengths);
        }
        return readExactly(in, Long.parseLong(lengths.getFirst()));
    }

    private static String readChunks(InputStream in) throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            String size = readLine(in, in.read());
            if (!CHUNK_SIZE.matcher(size).matches()) {
                throw new Violation("chunk size: " + size);
            }
            int length = Integer.parseInt(size, 16);
            if (length == 0) {
                readFields(in);
                return body.toString();
            }
            body.append(readExactly(in, length));
            if (!readLine(in, in.read()).isEmpty()) {
                throw new Violation("no line end behind a chunk");
            }
        }
    }

    private static List<String> readFields(InputStream in) throws IOException {
        List<String> fields = new ArrayList<>();
        String line = readLine(in, in.read());
        while (!line.isEmpty()) {
            var field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new Violation("field: " + line);
            }
            fields.add(field.group(1).toLowerCase(java.util.Locale.ROOT) + ": "
                    + field.group(2).stripTrailing());
            line = readLine(in, in.read());
        }
        return fields;
    }

    private static String readExactly(InputStream in, long length) throws IOException {
        if (length > Integer.MAX_VALUE) {
            throw new EOFException();
        }
        byte[] bytes = in.readNBytes((int) length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String readLine(InputStream in, int first) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int octet = first;
        while (octet != '\r') {
            if (octet < 0) {
                throw new EOFException();
            }
            if (octet == '\n' || octet == 0) {
                throw new Violation("octet " + octet + " behind " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(octet);
            octet = in.read();
        }
        octet = in.read();
        if (octet < 0) {
            throw new EOFException();
        }
        if (octet != '\n') {
            throw new Violation("a bare CR behind " + line.toString(StandardCharsets.ISO_8859_1));
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
