package dev.weir.loadtest.faults;

import java.util.List;

/** A configuration of the load balancer that leads {@code /ID} to the fault of that id. */
final class BalancerConfiguration {
    private final Plan plan;

    BalancerConfiguration(Plan plan) {
        this.plan = plan;
    }

    String text() {
        StringBuilder yaml = new StringBuilder("""
                # A pool for each fault; GET /ID goes there. The deadlines are short so that one need not wait for them.
                listeners:
                  - address: 127.0.0.1:8080
                admin:
                  address: 127.0.0.1:8081
                """);
        if (plan.needsNames()) {
            yaml.append("dns:\n  servers: [\"127.0.0.1:").append(plan.dnsPort()).append("\"]\n");
        }
        yaml.append("routes:\n");
        for (Fault fault : plan.faults()) {
            yaml.append(String.format("  - { path: /%1$s, pool: %1$s }%n", fault.id()));
        }
        yaml.append("pools:\n");
        for (int i = 0; i < plan.faults().size(); i++) {
            appendPool(yaml, plan.faults().get(i), backends(i));
        }
        return yaml.toString();
    }

    private static void appendPool(StringBuilder yaml, Fault fault, List<String> backends) {
        yaml.append(String.format("""
                  %s:  # %s: %s
                    backends: [%s]
                    timeouts: { connect: 500ms, response-head: 2s, body-idle: 2s, total: 10s }
                """, fault.id(), fault.row(), fault.description(), String.join(", ", backends)));
    }

    private List<String> backends(int index) {
        int healthy = plan.faults().indexOf(Faults.healthy());
        return healthy < 0 || healthy == index ? List.of(quoted(index)) : List.of(quoted(index), quoted(healthy));
    }

    private String quoted(int index) {
        return '"' + plan.url(index) + '"';
    }
}
