package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Whether a balancer that has nothing to do has let go of everything: connections to backends and from clients, places in its
 * queues, buffers; and whether each retry that it began has come to an end.
 */
record Settling(List<String> complaints) {
    /** Longer than idle connections are kept. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Pattern STACK_FRAME = Pattern.compile("(?m)^\\s+at [\\w.$/@-]+\\(");
    private static final List<String> GAUGES = List.of(
            "weir_backend_requests_in_flight",
            "weir_backend_connections",
            "weir_queued_requests",
            "weir_client_connections");

    static Settling of(Balancer balancer) {
        List<String> complaints = new ArrayList<>();
        leftovers(balancer, complaints);
        retries(balancer, complaints);
        buffers(balancer, complaints);
        return new Settling(complaints.stream()
                .map(complaint -> balancer.name() + ": " + complaint)
                .toList());
    }

    private static void leftovers(Balancer balancer, List<String> complaints) {
        boolean none = Deadline.await(LIMIT, () -> {
            Metrics metrics = balancer.metrics();
            return GAUGES.stream().allMatch(gauge -> metrics.sum(gauge) == 0);
        });
        if (!none) {
            Metrics metrics = balancer.metrics();
            for (String gauge : GAUGES) {
                String label = gauge.startsWith("weir_client") ? "listener" : "pool";
                Map<String, Double> left = metrics.by(label, gauge);
                if (!left.isEmpty()) {
                    complaints.add("not let go after " + LIMIT.toSeconds() + " s: " + gauge + " " + left);
                }
            }
        }
    }

    /** What the log has of further attempts is what the meters have of retries that began and ended. */
    private static void retries(Balancer balancer, List<String> complaints) {
        Map<String, Integer> logged = balancer.furtherAttempts();
        Metrics metrics = balancer.metrics();
        Set<String> pools = new TreeSet<>(logged.keySet());
        pools.addAll(metrics.by("pool", "weir_retries_total").keySet());
        for (String pool : pools) {
            double ended = 0;
            for (String result : List.of("success", "failure", "client_gone")) {
                ended += metrics.sum("weir_retries_total", "pool=\"" + pool + "\"", "result=\"" + result + "\"");
            }
            if (ended != logged.getOrDefault(pool, 0)) {
                complaints.add("pool " + pool + ": " + logged.getOrDefault(pool, 0)
                        + " further attempts in the access log, but " + ended + " retries have ended");
            }
        }
    }

    /** The leak detector speaks at the first allocation after the garbage collector has found something. */
    private static void buffers(Balancer balancer, List<String> complaints) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        for (int i = 0; i < 2; i++) {
            String collected =
                    Output.of(jcmd, Long.toString(balancer.pid()), "GC.run").text();
            if (!collected.contains("executed successfully")) { // else no leak would ever be told
                complaints.add("cannot be asked to collect its garbage: " + collected);
            }
            try (Visitor visitor = new Visitor(balancer.traffic(), "nobody")) {
                visitor.send(Request.GET);
            } catch (IOException e) {
                complaints.add("does not accept any more: " + e);
            }
        }
        String log = balancer.log();
        if (log.contains("LEAK")) {
            complaints.add("leaked a buffer: "
                    + log.substring(log.indexOf("LEAK")).lines().findFirst().orElse(""));
        }
        stackTrace(log).ifPresent(trace -> complaints.add("a stack trace in the log: " + trace));
    }

    /** The first one, but for what was thrown on purpose. */
    private static Optional<String> stackTrace(String log) {
        String message = "";
        boolean inTrace = false;
        for (String line : log.lines().toList()) {
            if (!STACK_FRAME.matcher(line).find()) {
                message = message.isEmpty() || line.startsWith("20") ? line : message + " " + line;
                inTrace = false;
            } else {
                if (!inTrace && !message.contains(Plugin.WORDS)) {
                    return Optional.of(Text.cut(message.strip(), 600) + " " + line.strip());
                }
                inTrace = true;
            }
        }
        return Optional.empty();
    }
}
