package dev.weir.loadtest.faults;

import static dev.weir.loadtest.faults.Script.onRequest;

import java.util.List;

/** Group I: switching to another protocol. */
final class UpgradeFaults {
    private static final String ADVERTISEMENT = "HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2,h2c\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";

    static final List<Fault> ALL = List.of(
            Fault.of(
                    "refuses-upgrade",
                    "I1",
                    "403 to a request with Upgrade, 200 to others",
                    onRequest(Steps.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n"))
                            .where(exchange ->
                                    !exchange.request().values("upgrade").isEmpty())),
            Fault.of(
                    "advertises-h2c",
                    "I5",
                    "Upgrade: h2,h2c on an ordinary chunked answer",
                    onRequest(Steps.send(ADVERTISEMENT + CHUNKED))));

    private UpgradeFaults() {}
}
