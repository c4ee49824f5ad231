package dev.weir.loadtest.catalogue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A correct backend whose answers are as long as the path says: {@code /1000} has a body of 1000 bytes. */
final class BodyServer implements AutoCloseable {
    private static final byte[] PIECE = new byte[64 * 1024];

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private BodyServer(ServerSocket listener) {
        this.listener = listener;
    }

    static BodyServer start(String host) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.ofLiteral(host), 0), 256);
        BodyServer server = new BodyServer(listener);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    String url() {
        return "http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String path = line.split(" ", 3)[1].substring(1);
                while (!line.isEmpty()) {
                    line = in.readLine();
                    if (line == null) {
                        return;
                    }
                }
                answer(path.isEmpty() ? 0 : Integer.parseInt(path), socket.getOutputStream());
            }
        } catch (IOException e) {
            // the other side has left
        } finally {
            open.remove(socket);
        }
    }

    /** The head goes out by itself, as it does from most servers. */
    private static void answer(int length, OutputStream out) throws IOException {
        out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        for (int left = length; left > 0; left -= PIECE.length) {
            out.write(PIECE, 0, Math.min(left, PIECE.length));
        }
        out.flush();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            // closed all the same
        }
    }
}
