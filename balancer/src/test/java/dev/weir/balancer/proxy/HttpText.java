package dev.weir.balancer.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads HTTP/1.1 from a stream byte by byte, so that nothing beyond is consumed. */
final class HttpText {
    private HttpText() {}

    /** Each line with its end. */
    static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    /** Up to and with the empty line; empty at the end of the stream. */
    static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int state = 0;
        while (state < 4) {
            int octet = in.read();
            if (octet < 0) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
            head.write(octet);
            boolean expected = octet == "\r\n\r\n".charAt(state);
            state = expected ? state + 1 : octet == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Of a request: what its head announces, without chunk framing and trailers. */
    static byte[] readBody(InputStream in, String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
            return readChunks(in);
        }
        int length = lower.indexOf("\r\ncontent-length: ");
        if (length < 0) {
            return new byte[0];
        }
        int begin = length + "\r\ncontent-length: ".length();
        return in.readNBytes(Integer.parseInt(lower.substring(begin, lower.indexOf('\r', begin))));
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = readChunkSize(in); size > 0; size = readChunkSize(in)) {
            body.writeBytes(in.readNBytes(size));
            readLine(in);
        }
        while (!readLine(in).isEmpty()) {
            // a trailer
        }
        return body.toByteArray();
    }

    private static int readChunkSize(InputStream in) throws IOException {
        String line = readLine(in);
        if (line.isEmpty()) {
            throw new EOFException("in the middle of a chunked body");
        }
        return Integer.parseInt(line, 16);
    }

    static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int octet;
        while ((octet = in.read()) >= 0 && octet != '\n') {
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
