package dev.weir.loadtest.faults;

import dev.weir.loadtest.faults.Script.When;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection from its accept to its end: the fault where it is due, correct answers elsewhere. */
final class Service {
    private final FaultServer server;
    private final long connection;
    private final Wire wire;
    private final RequestReader reader;

    Service(FaultServer server, Socket socket, long connection) throws IOException {
        this.server = server;
        this.connection = connection;
        this.wire = new Wire(
                socket, new ReceivedRequest(connection, 0, server.visitors().room()));
        this.reader = new RequestReader(wire);
    }

    /** @throws IOException the connection has ended */
    void run() throws IOException {
        greet(new Exchange(server, wire, reader, 0));
        for (int number = 1; wire.await(server.settings().pace().hold()) == Wire.Arrival.BYTES; number++) {
            ReceivedRequest request =
                    new ReceivedRequest(connection, number, server.visitors().room());
            wire.begin(request);
            server.visitors().requested(request);
            server.inFlight().incrementAndGet();
            try {
                serve(new Exchange(server, wire, reader, number));
            } finally {
                server.inFlight().decrementAndGet();
            }
        }
    }

    private void greet(Exchange exchange) throws IOException {
        try {
            shows(When.ACCEPTED, exchange);
        } finally {
            if (exchange.request().length() > 0) {
                server.visitors().requested(exchange.request());
            }
        }
    }

    private void serve(Exchange exchange) throws IOException {
        try {
            if (shows(When.FIRST_BYTES, exchange)) {
                return;
            }
            reader.readHead();
            if (shows(When.HEAD, exchange)) {
                exchange.readBody();
                return;
            }
            exchange.askForBody();
            if (!shows(When.REQUEST, exchange)) {
                exchange.answerWell();
            }
        } catch (RequestReader.Unreadable e) {
            wire.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            wire.finish(Duration.ofSeconds(2));
        }
    }

    /** Runs the fault's script if it is due. */
    private boolean shows(When moment, Exchange exchange) throws IOException {
        @Nullable Script script = server.fault().script();
        if (script == null
                || server.isHealed()
                || script.when() != moment
                || !script.occasion().test(exchange)) {
            return false;
        }
        if (!server.showsNow()) {
            return false;
        }
        script.run(exchange);
        return true;
    }
}
