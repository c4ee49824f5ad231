package dev.weir.loadtest.catalogue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A correct backend with as many workers as it is told, each of which keeps its connection: who comes then waits in the accept
 * queue, which is as long as there are workers. It answers at once, but for {@code /slow}, which it answers once it is healed.
 */
final class WorkerServer implements AutoCloseable {
    static final String BODY = "fast\n";

    private static final int AT_ONCE_MILLIS = 200;
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;

    private final ServerSocket listener;
    private final int backlog;
    private final Semaphore workers;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Socket> waiting = new ArrayList<>();
    private final AtomicInteger slow = new AtomicInteger();
    private final CountDownLatch healed = new CountDownLatch(1);

    private WorkerServer(ServerSocket listener, int workers) {
        this.listener = listener;
        this.backlog = workers;
        this.workers = new Semaphore(workers);
    }

    static WorkerServer start(String host, int workers) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.ofLiteral(host), 0), workers);
        WorkerServer server = new WorkerServer(listener, workers);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    String url() {
        return "http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    /** Requests for {@code /slow} so far. */
    int slowRequests() {
        return slow.get();
    }

    /** Connects until nobody is let in any more. */
    void fillQueue() throws IOException {
        for (int i = 0; i < backlog + 2; i++) { // Linux takes one more than it is told
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(listener.getLocalSocketAddress(), AT_ONCE_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        throw new IOException("the accept queue of " + url() + " takes more than " + backlog + " and one");
    }

    /** Everybody is accepted and answered from now on. */
    void heal() {
        closeAll(waiting);
        healed.countDown();
        workers.release(Short.MAX_VALUE);
    }

    private void accept() {
        try {
            while (true) {
                workers.acquireUninterruptibly();
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
                boolean slowly = line.startsWith("GET /slow ");
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                if (slowly) {
                    slow.incrementAndGet();
                    healed.await();
                }
                socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // the other side has left
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
            workers.release();
        }
    }

    @Override
    public void close() {
        heal();
        try {
            listener.close();
        } catch (IOException e) {
            // closed all the same
        }
        closeAll(open);
    }

    private static void closeAll(Iterable<Socket> sockets) {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // closed all the same
            }
        }
    }
}
