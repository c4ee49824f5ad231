package dev.weir.loadtest.keepalive;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Just enough HTTP/1.1 to know where a message ends: those that are sent here have a length, or no body. */
public final class Http {
    private static final int MAX_HEAD = 64 * 1024;

    private Http() {}

    /** @return the head of a message whose body was read too; null at the end of the connection */
    public static @Nullable String readMessage(InputStream in) throws IOException {
        String head = readHead(in);
        if (head != null) {
            in.skipNBytes(length(head));
        }
        return head;
    }

    private static @Nullable String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(256);
        int lineLength = 0;
        while (head.size() < MAX_HEAD) {
            int octet = in.read();
            if (octet < 0) {
                if (head.size() == 0) {
                    return null;
                }
                throw new EOFException("the connection ended within a head");
            }
            head.write(octet);
            if (octet == '\n') {
                if (lineLength == 0) {
                    return head.toString(StandardCharsets.ISO_8859_1);
                }
                lineLength = 0;
            } else if (octet != '\r') {
                lineLength++;
            }
        }
        throw new IOException("a head of more than " + MAX_HEAD + " bytes");
    }

    private static long length(String head) throws IOException {
        for (String line : head.split("\r\n", -1)) {
            String field = line.toLowerCase(Locale.ROOT);
            if (field.startsWith("content-length:")) {
                return Long.parseLong(
                        field.substring("content-length:".length()).strip());
            }
            if (field.startsWith("transfer-encoding:")) {
                throw new IOException("a message without a length");
            }
        }
        return 0;
    }
}
