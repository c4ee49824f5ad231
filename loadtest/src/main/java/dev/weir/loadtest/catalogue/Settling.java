package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Metrics;
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

    private static final Pattern STACK_FRAME = Pattern.compile("(?m)^\\s*at [\\w.$/@-]+\\(");
    /** What is logged begins with the time; what belongs to it does not. */
    private static final Pattern NEW_ENTRY = Pattern.compile("^\\d{2}:\\d{2}:\\d{2}\\.\\d{3} ");

    private static final int LONGEST_TRACE = 900;

    /**
     * What is thrown on purpose; what Netty logs by itself when there is no descriptor to ask a name server with; what Vert.x logs of
     * whoever connects between its bind and its being ready to accept (5.2.0), as the looks at /readyz before that do; and of an
     * event loop that does not get on, which on a busy machine is for want of a processor: whoever really blocks one fails cases.
     */
    private static final List<String> EXCUSED = List.of(
            Plugin.WORDS,
            "DnsNameResolver$DnsResolveChannelPerResolutionProvider",
            "io.vertx.core.net.impl.VertxEventLoopGroup.next(",
            "io.vertx.core.VertxException: Thread blocked");

    private static final List<String> GAUGES = List.of(
            "weir_backend_requests_in_flight",
            "weir_backend_connections",
            "weir_queued_requests",
            "weir_client_connections");
    /** Of retries: those that were begun. */
    private static final List<String> ENDED = List.of("success", "failure", "client_gone");

    static Settling of(Balancer balancer) {
        List<String> complaints = new ArrayList<>();
        try {
            leftovers(balancer, complaints);
            retries(balancer, complaints);
            buffers(balancer, complaints);
        } catch (IllegalStateException | MeasurementException e) {
            complaints.add("cannot be seen to let go of all: " + e.getMessage());
        }
        return about(balancer, complaints);
    }

    /** Ends it, if it runs; then its log has to be as clean as its end. */
    static Settling atTheEndOf(Balancer balancer) {
        List<String> complaints = new ArrayList<>();
        balancer.terminate();
        Optional<Integer> exit = balancer.awaitExit(LIMIT);
        if (!exit.equals(Optional.of(0))) {
            complaints.add("exit code after SIGTERM: expected 0, got "
                    + exit.map(String::valueOf).orElse("none in " + LIMIT.toSeconds() + " s"));
        }
        log(balancer, complaints);
        return about(balancer, complaints);
    }

    private static Settling about(Balancer balancer, List<String> complaints) {
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
            Map<String, Double> results = metrics.by("result", "weir_retries_total", "pool=\"" + pool + "\"");
            double ended = ENDED.stream()
                    .mapToDouble(result -> results.getOrDefault(result, 0.0))
                    .sum();
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
    }

    private static void log(Balancer balancer, List<String> complaints) {
        String log = balancer.log();
        if (log.contains("LEAK")) {
            complaints.add("leaked a buffer: "
                    + log.substring(log.indexOf("LEAK")).lines().findFirst().orElse(""));
        }
        stackTrace(log).ifPresent(trace -> complaints.add("a stack trace in the log: " + trace));
    }

    /** The first one, with the line that it belongs to, but for what was thrown on purpose. */
    private static Optional<String> stackTrace(String log) {
        StringBuilder entry = new StringBuilder();
        for (String line : log.lines().toList()) {
            if (NEW_ENTRY.matcher(line).find()) {
                if (isTrace(entry)) {
                    break;
                }
                entry.setLength(0);
            }
            entry.append(line.strip()).append('\n');
        }
        return isTrace(entry) ? Optional.of(Text.cut(entry.toString().strip(), LONGEST_TRACE)) : Optional.empty();
    }

    private static boolean isTrace(CharSequence entry) {
        String text = entry.toString();
        return STACK_FRAME.matcher(entry).find() && EXCUSED.stream().noneMatch(text::contains);
    }
}
