package dev.weir.balancer.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A backend that takes requests most literally, remembers them, and holds every ambiguity against the one that sent it. */
final class StrictBackend implements AutoCloseable {
    private final List<StrictHttp.Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final RawBackend backend = RawBackend.that(this::serve);

    private void serve(RawBackend.Connection connection) throws IOException {
        try {
            StrictHttp.Request request;
            while ((request = StrictHttp.read(connection.in())) != null) {
                requests.add(request);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        } catch (StrictHttp.Violation e) {
            violations.add(e.getMessage());
        } catch (EOFException e) {
            // the request was cancelled
        }
    }

    int port() {
        return backend.port();
    }

    /** Complete requests so far. */
    List<StrictHttp.Request> requests() {
        return requests;
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    /** For the next test of the same backend. */
    void forget() {
        requests.clear();
        violations.clear();
    }

    @Override
    public void close() {
        backend.close();
    }
}
