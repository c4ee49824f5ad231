package dev.weir.loadtest.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Faults for readers and for programs. */
final class FaultTable {
    private static final JsonMapper JSON = new JsonMapper();

    private FaultTable() {}

    static String text(List<Fault> faults) {
        String format = "%-" + width(faults) + "s  %-4s  %s%n";
        return String.format(format, "ID", "ROW", "WHAT IT DOES")
                + faults.stream()
                        .map(fault -> String.format(format, fault.id(), fault.row(), fault.description()))
                        .collect(Collectors.joining());
    }

    static String text(RunningFaults running) {
        List<FaultServer> servers = running.servers();
        int urlWidth =
                servers.stream().mapToInt(server -> server.url().length()).max().orElse(0);
        String format =
                "%-" + width(servers.stream().map(FaultServer::fault).toList()) + "s  %-" + urlWidth + "s  %s%n";
        StringBuilder text = new StringBuilder(String.format(format, "ID", "URL", "WHAT IT DOES"));
        for (FaultServer server : servers) {
            text.append(String.format(
                    format, server.fault().id(), server.url(), server.fault().description()));
        }
        FakeResolver resolver = running.resolver();
        if (resolver != null) {
            text.append(String.format("Names under faults.test: 127.0.0.1, UDP port %d%n", resolver.port()));
        }
        return text.toString();
    }

    /** @param running null: they are not */
    static String json(List<Fault> faults, @Nullable RunningFaults running) {
        ArrayNode rows = JSON.createArrayNode();
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            ObjectNode row = rows.addObject()
                    .put("id", fault.id())
                    .put("row", fault.row())
                    .put("description", fault.description())
                    .put("has-occasions", fault.hasModes())
                    .put("is-about-names", fault.isAboutNames());
            if (running != null) {
                row.put("url", running.servers().get(i).url());
                FakeResolver resolver = running.servers().get(i).resolver();
                if (resolver != null) {
                    row.put("name-server", "127.0.0.1:" + resolver.port());
                }
            }
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(rows) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int width(List<Fault> faults) {
        return faults.stream().mapToInt(fault -> fault.id().length()).max().orElse(0);
    }
}
