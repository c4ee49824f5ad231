package dev.weir.loadtest.faults;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a backend does in place of an answer. If it leaves the connection open, then the next request is awaited as if the
 * script were an answer.
 *
 * @param when how much of the request it awaits first
 * @param occasion which exchanges it is for
 * @param steps in this order
 */
record Script(When when, Predicate<Exchange> occasion, List<Step> steps) {

    /** How much of a request has been read when a script begins. */
    enum When {
        /** Nothing: the connection was just accepted. */
        ACCEPTED,
        /** Nothing, but there is something to read. */
        FIRST_BYTES,
        /** Request line and fields. */
        HEAD,
        /** All of it. */
        REQUEST
    }

    static Script onAccept(Step... steps) {
        return new Script(When.ACCEPTED, exchange -> true, List.of(steps));
    }

    static Script onFirstBytes(Step... steps) {
        return new Script(When.FIRST_BYTES, exchange -> true, List.of(steps));
    }

    static Script onHead(Step... steps) {
        return new Script(When.HEAD, exchange -> true, List.of(steps));
    }

    static Script onRequest(Step... steps) {
        return new Script(When.REQUEST, exchange -> true, List.of(steps));
    }

    /** The same for some exchanges only; all others are served well, and do not count for the {@link Mode}. */
    Script where(Predicate<Exchange> condition) {
        return new Script(when, condition, steps);
    }

    /** The same for the nth request of each connection, and those after it. */
    Script fromRequest(int n) {
        return where(exchange -> exchange.number() >= n);
    }

    void run(Exchange exchange) throws IOException {
        for (Step step : steps) {
            step.run(exchange);
            if (exchange.wire().isClosed()) {
                return;
            }
        }
    }
}
