package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Pause;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Three backends in one nginx worker: cheap enough that, with the load generator, one core keeps a proxy busy. */
final class Backends {
    static final String NAME = "backends";
    static final int COUNT = 3;

    /** nginx refuses words over 4 KB in its configuration: a body is put together from a variable of 1 KB. */
    static final int MAX_BODY = 256 * 1024;

    private static final int KILOBYTE = 1024;
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    /** stub_status: a heading, then the three numbers (connections accepted, handled, requests). */
    private static final Pattern COUNTERS = Pattern.compile("requests\\s+(\\d+)\\s+\\d+\\s+(\\d+)");

    private final LocalHttp http;
    private final List<Integer> ports;

    private Backends(LocalHttp http, List<Integer> ports) {
        this.http = http;
        this.ports = ports;
    }

    /**
     * Both since the start.
     *
     * @param connections accepted
     * @param requests received
     */
    record Counters(long connections, long requests) {
        static Counters parse(String stubStatus) {
            Matcher matcher = COUNTERS.matcher(stubStatus);
            if (!matcher.find()) {
                throw new MeasurementException("backend counters are unreadable: " + stubStatus.strip());
            }
            return new Counters(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
        }
    }

    /**
     * Starts them on one core, and waits until they answer: a proxy that starts sooner and finds nobody takes a backend for dead,
     * HAProxy after a single check.
     *
     * @throws MeasurementException if they do not answer in time
     */
    static Backends start(Sandbox sandbox, int core, int bodySize, LocalHttp http, List<Integer> ports) {
        String text = Template.resource(Backends.class, "backends.conf")
                .fill(Map.of(
                        "backend-1", ports.get(0).toString(),
                        "backend-2", ports.get(1).toString(),
                        "backend-3", ports.get(2).toString(),
                        "kilobyte", "x".repeat(KILOBYTE),
                        "body", body(bodySize)));
        Process process = sandbox.start(NAME, core, Nginx.command(sandbox, sandbox.write("backends.conf", text)));
        Backends backends = new Backends(http, ports);
        backends.awaitStart(process, sandbox);
        return backends;
    }

    private void awaitStart(Process process, Sandbox sandbox) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) { // one port stands for all: nginx listens on each before it answers on any
            try {
                counters();
                return;
            } catch (MeasurementException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new MeasurementException(
                            "the backends do not serve: " + e.getMessage() + System.lineSeparator()
                                    + sandbox.lastWordsOf(NAME),
                            e);
                }
                Pause.brief();
            }
        }
    }

    List<Integer> ports() {
        return ports;
    }

    Counters counters() {
        return Counters.parse(http.get(ports.getFirst(), "/counters").body());
    }

    private static String body(int size) {
        return "${kilobyte}".repeat(size / KILOBYTE) + "x".repeat(size % KILOBYTE);
    }
}
