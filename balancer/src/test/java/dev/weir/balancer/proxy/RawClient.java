package dev.weir.balancer.proxy;

import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client at the level of the socket, with just enough HTTP/1.1 to read a response as it came. */
final class RawClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Bytes; so few that a client that stops reading has not taken much that it never asked for. */
    private static final int BUFFER = 512;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /**
     * A response as it came.
     *
     * @param head with the status line
     * @param body without chunk framing
     * @param trailers as lines
     * @param complete whether the end of the body came
     */
    record Response(int status, String head, Buffer body, List<String> trailers, boolean complete) {
        String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        /** All values of a field, in order. */
        List<String> fields(String name) {
            List<String> values = new ArrayList<>();
            for (String line : head.split("\r\n", -1)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
                    values.add(line.substring(colon + 1).trim());
                }
            }
            return values;
        }

        @Nullable
        String field(String name) {
            List<String> values = fields(name);
            return values.isEmpty() ? null : values.getFirst();
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        out = socket.getOutputStream();
    }

    /** One request, one response, one connection. */
    static Response exchange(int port, String request) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.send(request);
            return client.read();
        }
    }

    static Response get(int port, String path) throws IOException {
        return exchange(port, "GET " + path + " HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** For another thread: if the connection ends, the one that reads finds out. */
    void sendQuietly(String text) {
        try {
            send(text);
        } catch (IOException e) {
            // it ended
        }
    }

    /** Ends this side of the connection, unless the connection has ended anyway. */
    void endQuietly() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // it ended
        }
    }

    /** The next response, interim ones too; null if the connection has ended, with or without a reset. */
    @Nullable
    Response readOrEnd() throws IOException {
        try {
            in.mark(1);
            if (in.read() < 0) {
                return null;
            }
            in.reset();
        } catch (SocketException e) {
            return null;
        }
        return read();
    }

    /** Reads the next response, interim ones too. */
    Response read() throws IOException {
        return read(false);
    }

    /** Reads the next response that is not an interim one. */
    Response readFinal() throws IOException {
        Response response = read();
        while (response.status() < 200) {
            response = read();
        }
        return response;
    }

    /** @param head whether the request's method was HEAD */
    Response read(boolean head) throws IOException {
        String text = HttpText.readHead(in);
        if (text.isEmpty()) {
            throw new IOException("the connection ended without a response");
        }
        int status = Integer.parseInt(text.substring(9, 12));
        Response bare = new Response(status, text, Buffer.buffer(), List.of(), true);
        if (head || status < 200 || status == 204 || status == 304) {
            return bare;
        }
        String coding = bare.field("transfer-encoding");
        String length = bare.field("content-length");
        if (coding != null && coding.toLowerCase(Locale.ROOT).equals("chunked")) {
            return readChunked(bare);
        }
        byte[] body = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        return new Response(
                status,
                text,
                Buffer.buffer(body),
                List.of(),
                length == null || body.length == Integer.parseInt(length));
    }

    private Response readChunked(Response bare) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        List<String> trailers = new ArrayList<>();
        while (true) {
            String line = HttpText.readLine(in);
            if (line.isEmpty()) {
                return new Response(bare.status(), bare.head(), Buffer.buffer(body.toByteArray()), trailers, false);
            }
            int size = Integer.parseInt(line, 16);
            if (size == 0) {
                String trailer = HttpText.readLine(in);
                while (!trailer.isEmpty()) {
                    trailers.add(trailer);
                    trailer = HttpText.readLine(in);
                }
                return new Response(bare.status(), bare.head(), Buffer.buffer(body.toByteArray()), trailers, true);
            }
            byte[] chunk = in.readNBytes(size);
            body.writeBytes(chunk);
            if (chunk.length < size) {
                return new Response(bare.status(), bare.head(), Buffer.buffer(body.toByteArray()), trailers, false);
            }
            HttpText.readLine(in);
        }
    }

    /**
     * Reads what is left of a response.
     *
     * @param chunked whether it is the last chunk that makes the response whole; else it is the end of the connection
     * @return whether it looks whole
     */
    boolean readsToACleanEnd(boolean chunked) {
        try {
            String rest = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            return !chunked || rest.endsWith("0\r\n\r\n");
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the other side has ended the connection, with or without a reset; waits for it. */
    boolean ends() {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
