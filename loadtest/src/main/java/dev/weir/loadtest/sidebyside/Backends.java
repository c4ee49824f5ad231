package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Template;
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

    /** Starts them on one core. */
    static Backends start(Sandbox sandbox, int core, int bodySize, LocalHttp http, List<Integer> ports) {
        String text = Template.resource(Backends.class, "backends.conf")
                .fill(Map.of(
                        "backend-1", ports.get(0).toString(),
                        "backend-2", ports.get(1).toString(),
                        "backend-3", ports.get(2).toString(),
                        "kilobyte", "x".repeat(KILOBYTE),
                        "body", body(bodySize)));
        sandbox.start(NAME, core, Nginx.command(sandbox, sandbox.write("backends.conf", text)));
        return new Backends(http, ports);
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
