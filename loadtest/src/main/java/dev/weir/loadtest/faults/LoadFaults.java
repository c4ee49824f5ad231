package dev.weir.loadtest.faults;

import static dev.weir.loadtest.faults.Script.onHead;
import static dev.weir.loadtest.faults.Script.onRequest;
import static dev.weir.loadtest.faults.Steps.pause;
import static dev.weir.loadtest.faults.Steps.send;
import static dev.weir.loadtest.faults.Steps.sendWell;

import dev.weir.loadtest.faults.Settings.Pace;
import java.io.IOException;
import java.util.List;

/** Groups J and K: too much to do, and coming and going. */
final class LoadFaults {
    private static final Step BUSY = send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nbusy\n");

    static final List<Fault> ALL = List.of(
            Fault.of(
                    "one-at-a-time",
                    "J2",
                    "slow, and 503 to all but one request at a time",
                    onRequest(LoadFaults::oneAtATime)),
            Fault.of(
                    "stops-listening",
                    "K1",
                    "its port is closed when the first answer comes; open connections are served",
                    onRequest(Steps.stopListening(), sendWell())),
            Fault.of(
                    "cold-start",
                    "K2",
                    "503 for the first 30 s",
                    onHead(send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 11\r\n\r\nwarming up\n"))
                            .where(exchange -> exchange.server()
                                            .age()
                                            .compareTo(exchange.pace().cold())
                                    < 0)),
            Fault.of(
                    "dies-after-response",
                    "K5",
                    "one good answer, then the process is gone: RST on all connections, and the port is closed",
                    onRequest(sendWell(), pause(Pace::pause), Steps.die())));

    private LoadFaults() {}

    private static void oneAtATime(Exchange exchange) throws IOException {
        if (exchange.server().inFlight().get() > 1) {
            BUSY.run(exchange);
        } else {
            pause(Pace::slow).run(exchange);
            sendWell().run(exchange);
        }
    }
}
