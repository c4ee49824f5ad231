package dev.weir.loadtest.faults;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that takes what comes, byte for byte. */
final class RawConnection implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Socket socket = new Socket();
    private final InputStream in;
    private boolean resetAtOnce;

    /** How a connection ended. */
    enum End {
        FIN,
        RST
    }

    RawConnection(String host, int port) throws IOException {
        try {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), (int) PATIENCE.toMillis());
        } catch (ConnectException e) {
            throw e;
        } catch (SocketException e) {
            resetAtOnce = true; // it was accepted, but the RST was here first
        }
        in = resetAtOnce ? InputStream.nullInputStream() : new BufferedInputStream(socket.getInputStream());
        if (!resetAtOnce) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
        }
    }

    static RawConnection to(FaultServer server) throws IOException {
        return new RawConnection(server.host(), server.port());
    }

    RawConnection send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    RawConnection get() throws IOException {
        return send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    }

    Socket socket() {
        return socket;
    }

    /** Exactly so many bytes, or fewer at the end. */
    String read(int count) throws IOException {
        return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    /** A response with Content-Length. */
    String readResponse() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("the connection ended after: " + head);
            }
            head.append((char) octet);
        }
        int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
        return head + read(Integer.parseInt(head.substring(at, head.indexOf("\r\n", at))));
    }

    /** All that comes, and how it ends. */
    Rest readAll() throws IOException {
        if (resetAtOnce) {
            return new Rest("", End.RST);
        }
        StringBuilder bytes = new StringBuilder();
        while (true) {
            try {
                int octet = in.read();
                if (octet < 0) {
                    return new Rest(bytes.toString(), End.FIN);
                }
                bytes.append((char) octet);
            } catch (SocketException e) {
                return new Rest(bytes.toString(), End.RST);
            }
        }
    }

    /** Whether nothing comes for so long, neither a byte nor an end. */
    boolean staysSilent(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            return in.read() == Integer.MIN_VALUE;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout((int) PATIENCE.toMillis());
        }
    }

    record Rest(String bytes, End end) {}

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
