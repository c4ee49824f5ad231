package dev.weir.loadtest.faults;

import dev.weir.loadtest.faults.Wire.Arrival;
import java.time.Duration;
import java.util.function.Function;

/** What scripts are made of. */
final class Steps {
    private Steps() {}

    /** These bytes, one for each character, at once. */
    static Step send(String text) {
        return exchange -> exchange.wire().send(text);
    }

    /** A correct answer. */
    static Step sendWell() {
        return sendWell("");
    }

    /** A correct answer with further fields, each with its line end. */
    static Step sendWell(String fields) {
        return exchange -> exchange.wire().send(exchange.goodResponse(fields));
    }

    /** One byte after another, slowly, for as long as somebody listens; after the last one, it holds. */
    static Step drip(String text) {
        return exchange -> {
            for (int i = 0; i < text.length(); i++) {
                exchange.wire().send(text.substring(i, i + 1));
                if (exchange.server().isClosedWithin(exchange.pace().drip())) {
                    return;
                }
            }
            hold().run(exchange);
        };
    }

    /** The rest of the request, without leave to send it. */
    static Step readBody() {
        return Exchange::readBody;
    }

    /** Nothing for a while. */
    static Step pause(Function<Settings.Pace, Duration> time) {
        return exchange -> exchange.server().isClosedWithin(time.apply(exchange.pace()));
    }

    /** Not a word any more, until the other side has closed the connection. */
    static Step hold() {
        return exchange -> {
            exchange.wire().drain(exchange.pace().hold());
            exchange.wire().close();
        };
    }

    /** Not a word any more, and nothing is read, so that the window closes. */
    static Step stopReading() {
        return exchange -> {
            exchange.wire().socket().setReceiveBufferSize(4096); // else the kernel takes megabytes
            exchange.server().isClosedWithin(exchange.pace().hold());
            exchange.wire().close();
        };
    }

    /** Reads until the other side has ended its half of the connection. */
    static Step awaitEnd() {
        return exchange -> exchange.wire().drain(exchange.pace().hold());
    }

    /** FIN of this half; the other half goes on. */
    static Step halfClose() {
        return exchange -> exchange.wire().socket().shutdownOutput();
    }

    /** FIN, and never RST: reads what still comes. */
    static Step fin() {
        return exchange -> exchange.wire().finish(exchange.pace().hold());
    }

    /** As a process does that takes no care: FIN, or RST if something was not read. */
    static Step close() {
        return exchange -> exchange.wire().close();
    }

    static Step rst() {
        return exchange -> exchange.wire().reset();
    }

    /** If no further request begins within the time that an unused connection is given: these steps. */
    static Step ifIdle(Step then) {
        return exchange -> {
            if (exchange.wire().await(exchange.pace().idle()) == Arrival.NOTHING) {
                then.run(exchange);
            }
        };
    }

    /** No new connections from now on; those that are open go on. */
    static Step stopListening() {
        return exchange -> exchange.server().stopListening();
    }

    /** As when the process is killed: no new connections, and the open ones are reset. */
    static Step die() {
        return exchange -> {
            exchange.server().stopListening();
            exchange.server().resetConnections();
        };
    }
}
