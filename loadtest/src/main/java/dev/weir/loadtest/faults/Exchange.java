package dev.weir.loadtest.faults;

import java.io.IOException;
import java.time.Duration;

/** A connection, and the request that it is at. For the one thread that serves it. */
final class Exchange {
    private final FaultServer server;
    private final Wire wire;
    private final RequestReader reader;
    private final int number;
    private boolean bodyRead;

    /** @param number of the request within its connection, from 1; 0 before the first one */
    Exchange(FaultServer server, Wire wire, RequestReader reader, int number) {
        this.server = server;
        this.wire = wire;
        this.reader = reader;
        this.number = number;
    }

    FaultServer server() {
        return server;
    }

    Settings.Pace pace() {
        return server.settings().pace();
    }

    Wire wire() {
        return wire;
    }

    ReceivedRequest request() {
        return wire.request();
    }

    int number() {
        return number;
    }

    /** Reads what is left of the request. */
    void readBody() throws IOException {
        if (!bodyRead) {
            bodyRead = true;
            reader.readBody();
        }
    }

    /** As {@link #readBody}, once the client has got its leave to send it. */
    void askForBody() throws IOException {
        if (!bodyRead && reader.expectsContinue()) {
            wire.send("HTTP/1.1 100 Continue\r\n\r\n");
        }
        readBody();
    }

    /** A correct answer that names the backend. */
    void answerWell() throws IOException {
        boolean keep = reader.keepsAlive();
        wire.send(goodResponse(keep ? "" : "Connection: close\r\n"));
        if (!keep) {
            wire.finish(Duration.ofSeconds(2));
        }
    }

    /** @param fields further ones, each with its line end */
    String goodResponse(String fields) {
        String body = server.greeting();
        return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + fields + "Content-Length: " + body.length()
                + "\r\n\r\n" + (request().method().equals("HEAD") ? "" : body);
    }
}
