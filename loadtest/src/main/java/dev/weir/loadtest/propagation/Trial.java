package dev.weir.loadtest.propagation;

import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Pause;
import dev.weir.loadtest.process.ProcStat;
import dev.weir.loadtest.process.ProcStat.Usage;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.propagation.Event.Kind;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Measures one scenario: starts the nodes, lets them warm up, watches them for a while, and reads what they wrote down. */
final class Trial {
    private static final Duration JOIN = Duration.ofMinutes(2);

    /** What happened at the end of the time should still arrive. */
    private static final Duration ARRIVAL = Duration.ofSeconds(2);

    private static final Duration END = Duration.ofSeconds(30);

    /** What Hazelcast reaches into. The jar's manifest says so, too, but it is not run with -jar here. */
    private static final List<String> OPENED = List.of(
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Path weirJar;
    private final List<String> javaOptions;

    /** @param weirJar of which cluster and exchange are used */
    Trial(Path weirJar, List<String> javaOptions) {
        this.weirJar = weirJar;
        this.javaOptions = javaOptions;
    }

    /** What the kernel says at one moment. */
    private record Moment(long nanos, List<Usage> usages, List<Map<String, Long>> threads, long machine) {}

    Result run(Scenario scenario) {
        try (Sandbox sandbox = Sandbox.open()) {
            List<Process> nodes = start(scenario, sandbox);
            awaitJoined(nodes, sandbox);
            sleep(scenario.warmUp());
            Moment begin = moment(nodes);
            sleep(scenario.time());
            Moment end = moment(nodes);
            sleep(ARRIVAL);
            requireAlive(nodes, sandbox);
            nodes.forEach(Process::destroy);
            awaitEnd(nodes);
            return result(scenario, begin, end, journals(scenario, sandbox));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    private List<Process> start(Scenario scenario, Sandbox sandbox) {
        String ports = FreePorts.takeLasting(scenario.nodes()).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(","));
        List<Process> nodes = new ArrayList<>();
        for (int node = 0; node < scenario.nodes(); node++) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(OPENED);
            command.addAll(javaOptions);
            command.addAll(List.of("-cp", weirJar.toAbsolutePath() + ":" + ownJar(), NodeProcess.class.getName()));
            command.addAll(List.of(Integer.toString(node), sandbox.directory().toString(), ports));
            command.addAll(scenario.arguments());
            nodes.add(sandbox.start("node-" + node, command));
        }
        return nodes;
    }

    private static Path ownJar() {
        try {
            return Path.of(Trial.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new MeasurementException("cannot find this program's own jar", e);
        }
    }

    private static void awaitJoined(List<Process> nodes, Sandbox sandbox) {
        long deadlineNanos = System.nanoTime() + JOIN.toNanos();
        for (int node = 0; node < nodes.size(); node++) {
            Path ready = sandbox.directory().resolve(Scenario.readyFile(node));
            while (!Files.exists(ready)) {
                requireAlive(nodes, sandbox);
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new MeasurementException("node " + node + " has not found the others within "
                            + JOIN.toSeconds() + " s:\n" + sandbox.lastWordsOf("node-" + node));
                }
                Pause.brief();
            }
        }
    }

    private static void requireAlive(List<Process> nodes, Sandbox sandbox) {
        for (int node = 0; node < nodes.size(); node++) {
            if (!nodes.get(node).isAlive()) {
                throw new MeasurementException(
                        "node " + node + " has ended by itself:\n" + sandbox.lastWordsOf("node-" + node));
            }
        }
    }

    private static void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    private static Moment moment(List<Process> nodes) {
        long machine = Machine.here().allowedCores().stream()
                .mapToLong(ProcStat::busyTicksOf)
                .sum();
        return new Moment(
                System.nanoTime(),
                nodes.stream().map(node -> ProcStat.usageOf(node.toHandle())).toList(),
                nodes.stream().map(node -> ProcStat.threadTicks(node.pid())).toList(),
                machine);
    }

    private static void awaitEnd(List<Process> nodes) throws InterruptedException {
        for (Process node : nodes) {
            if (!node.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                throw new MeasurementException("a node did not end within " + END.toSeconds() + " s of SIGTERM");
            }
        }
    }

    private static List<List<Event>> journals(Scenario scenario, Sandbox sandbox) {
        List<List<Event>> journals = IntStream.range(0, scenario.nodes())
                .mapToObj(node -> Event.read(sandbox.directory().resolve(Scenario.journalFile(node))))
                .toList();
        return journals;
    }

    private static Result result(Scenario scenario, Moment begin, Moment end, List<List<Event>> journals) {
        requireOneClock(journals, begin.nanos);
        Delays delays = new Delays(journals, begin.nanos, end.nanos);
        double seconds = (end.nanos - begin.nanos) / 1e9;
        double[] cpu = IntStream.range(0, scenario.nodes())
                .mapToDouble(i -> (begin.usages.get(i).secondsUntil(end.usages.get(i))
                                - seconds(ticks(i, Traffic.THREAD, begin, end)))
                        / seconds)
                .toArray();
        double all = IntStream.range(0, scenario.nodes())
                .mapToDouble(i -> begin.usages.get(i).secondsUntil(end.usages.get(i)))
                .sum();
        return new Result(
                scenario,
                delays.of(Kind.TICKED, Kind.TICK_HEARD),
                delays.of(Kind.CHANGED, Kind.SEEN),
                delays.of(Kind.TURNED, Kind.ADVISED),
                Arrays.stream(cpu).average().orElse(0),
                Arrays.stream(cpu).max().orElse(0),
                threads(begin, end, seconds),
                perSecond(journals, Kind.MESSAGES, begin, end),
                perSecond(journals, Kind.BYTES, begin, end),
                Math.max(0, (seconds(end.machine - begin.machine) - all) / seconds));
    }

    /** The children's clock is this process's: what they did first happened between when they were started and now. */
    private static void requireOneClock(List<List<Event>> journals, long beginNanos) {
        for (List<Event> journal : journals) {
            long aheadNanos = beginNanos - journal.getFirst().nanos();
            if (aheadNanos < 0 || aheadNanos > TimeUnit.HOURS.toNanos(2)) {
                throw new MeasurementException("System.nanoTime of two processes differs: " + aheadNanos
                        + " ns between the start of a node and the measurement");
            }
        }
    }

    private static double perSecond(List<List<Event>> journals, Kind kind, Moment begin, Moment end) {
        return journals.stream()
                .mapToDouble(journal -> Delays.perSecond(journal, kind, begin.nanos, end.nanos))
                .average()
                .orElse(0);
    }

    private static long ticks(int node, String thread, Moment begin, Moment end) {
        return end.threads.get(node).getOrDefault(thread, 0L)
                - begin.threads.get(node).getOrDefault(thread, 0L);
    }

    private static double seconds(long ticks) {
        return (double) ticks / ProcStat.TICKS_PER_SECOND;
    }

    /** Those that took most first. */
    private static Map<String, Double> threads(Moment begin, Moment end, double seconds) {
        Map<String, Double> byName = new TreeMap<>();
        for (int node = 0; node < begin.threads.size(); node++) {
            for (String thread : end.threads.get(node).keySet()) {
                double share = seconds(ticks(node, thread, begin, end)) / seconds / begin.threads.size();
                byName.merge(group(thread), share, Double::sum);
            }
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        byName.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(each -> sorted.put(each.getKey(), each.getValue()));
        return sorted;
    }

    private static String group(String thread) {
        if (thread.startsWith("hz.")) {
            return "Hazelcast";
        }
        if (thread.startsWith("C1 ") || thread.startsWith("C2 ")) {
            return "JIT compiler";
        }
        return thread.startsWith("G1 ") || thread.startsWith("GC ") ? "garbage collector" : thread;
    }
}
