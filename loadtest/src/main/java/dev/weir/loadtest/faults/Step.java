package dev.weir.loadtest.faults;

import java.io.IOException;

/** One thing that a backend does on a connection. {@link Steps} has them all. */
@FunctionalInterface
interface Step {
    /** @throws IOException the connection has ended, which ends the script, too */
    void run(Exchange exchange) throws IOException;
}
