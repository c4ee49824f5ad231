package dev.weir.loadtest.sidebyside;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a proxy stands: what it listens on, what is behind it, where it may write.
 *
 * @param port for clients
 * @param adminPort for operators; not every proxy has such a port
 * @param backendPorts where requests go, in turn
 * @param accessLog whether it writes one line for every request
 */
public record Wiring(int port, int adminPort, List<Integer> backendPorts, Path directory, boolean accessLog) {

    /** For a {@link Template}. */
    Map<String, String> placeholders(String accessLogOn, String accessLogOff) {
        Map<String, String> values = new HashMap<>();
        values.put("port", Integer.toString(port));
        values.put("admin-port", Integer.toString(adminPort));
        values.put("access-log", accessLog ? accessLogOn : accessLogOff);
        for (int i = 0; i < backendPorts.size(); i++) {
            values.put("backend-" + (i + 1), Integer.toString(backendPorts.get(i)));
        }
        return values;
    }
}
