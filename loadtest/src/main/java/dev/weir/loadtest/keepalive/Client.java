package dev.weir.loadtest.keepalive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client with one connection, which it keeps for as long as it can. Not thread-safe. */
final class Client implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int port;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    Client(int port) {
        this.port = port;
    }

    Outcome send(Method method) {
        try {
            InputStream answers = connection();
            connected().getOutputStream().write(method.request());
            String head = Http.readMessage(answers);
            if (head == null) {
                close();
                return Outcome.NO_ANSWER;
            }
            if (head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n")) {
                close();
            }
            return Outcome.of(Integer.parseInt(head.substring(9, 12)));
        } catch (IOException e) {
            close();
            return Outcome.NO_ANSWER;
        }
    }

    private InputStream connection() throws IOException {
        InputStream open = in;
        if (open == null) {
            Socket made = new Socket(InetAddress.getLoopbackAddress(), port);
            socket = made;
            made.setTcpNoDelay(true);
            made.setSoTimeout((int) PATIENCE.toMillis());
            open = new BufferedInputStream(made.getInputStream());
            in = open;
        }
        return open;
    }

    private Socket connected() throws IOException {
        Socket open = socket;
        if (open == null) {
            throw new IOException("not connected");
        }
        return open;
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        in = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // it is of no use any more either way
            }
        }
    }
}
