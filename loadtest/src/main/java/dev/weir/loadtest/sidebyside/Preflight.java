package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Pause;
import dev.weir.loadtest.process.Sandbox;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes sure, before any figure is taken, that every proxy does the same job. */
final class Preflight {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    /** Enough for any fair choice among three to have come to each of them. */
    private static final int REQUESTS = 60;

    private final Sandbox sandbox;
    private final LocalHttp http;
    private final int bodySize;

    Preflight(Sandbox sandbox, LocalHttp http, int bodySize) {
        this.sandbox = sandbox;
        this.http = http;
        this.bodySize = bodySize;
    }

    /** @throws MeasurementException if the proxy does not come up, alters the body, hides the client or forgets a backend */
    void check(Subject subject) {
        awaitStart(subject);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            seen.add(checked(subject, get(subject)));
        }
        List<Integer> ports = subject.wiring().backendPorts();
        if (seen.size() != ports.size()) {
            throw new MeasurementException(subject.peer().name() + " used only backends " + seen + " of " + ports);
        }
    }

    private void awaitStart(Subject subject) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        String last = "no answer";
        while (System.nanoTime() < deadline) {
            subject.requireAlive(sandbox);
            try {
                int status = get(subject).statusCode();
                if (status == 200) {
                    return;
                }
                last = "status " + status;
            } catch (MeasurementException e) {
                last = e.getMessage();
            }
            Pause.brief();
        }
        throw new MeasurementException(subject.peer().name() + " does not serve after " + START_LIMIT.toSeconds()
                + " s: " + last + System.lineSeparator()
                + sandbox.lastWordsOf(subject.peer().name()));
    }

    private String checked(Subject subject, HttpResponse<String> response) {
        String name = subject.peer().name();
        if (response.statusCode() != 200) {
            throw new MeasurementException(name + " answered with status " + response.statusCode());
        }
        if (response.body().length() != bodySize) {
            throw new MeasurementException(
                    name + " delivered " + response.body().length() + " bytes (expected: " + bodySize + ")");
        }
        String forwardedFor = header(response, "X-Seen-Forwarded-For");
        if (!forwardedFor.equals("127.0.0.1")) {
            throw new MeasurementException(
                    name + " sent X-Forwarded-For: \"" + forwardedFor + "\" (expected: 127.0.0.1)");
        }
        return header(response, "X-Backend-Port");
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private HttpResponse<String> get(Subject subject) {
        return http.get(subject.wiring().port(), "/echo");
    }
}
