package dev.weir.loadtest.skew;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.sidebyside.LocalHttp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One arm: its nodes, and backends of its own. Lives as long as the measurement. */
final class Side implements AutoCloseable {
    private static final double MICROS_PER_MILLI = 1_000;

    private final Plan plan;
    private final Journal journal;
    private final List<WorkingBackend> backends = new ArrayList<>();
    private final Nodes nodes;

    Side(Arm arm, Plan plan, Path jar, Sandbox sandbox, LocalHttp http) {
        this.plan = plan;
        this.journal = new Journal(plan.backends());
        try {
            for (int i = 0; i < plan.backends(); i++) {
                backends.add(WorkingBackend.start(i, plan.workers(), plan.slowdown(i), journal));
            }
            List<Integer> ports = backends.stream().map(WorkingBackend::port).toList();
            nodes = Nodes.start(arm, plan, jar, ports, sandbox, http);
        } catch (MeasurementException e) {
            close();
            throw e;
        }
    }

    /** @throws MeasurementException if a single request failed, or a node is not as it was */
    Round play(int round, Clients clients) {
        List<Order> orders = Order.of(plan, round);
        long warm = TimeUnit.SECONDS.toNanos(Plan.WARM_UP_SECONDS);
        long begin = System.nanoTime();
        Clients.Seen seen = clients.play(orders, nodes::port, begin, warm);
        nodes.check();
        if (!seen.failures().isEmpty()) {
            throw new MeasurementException("requests failed with " + nodes.arm().title() + ": " + seen.failures());
        }
        long end = begin + warm + TimeUnit.SECONDS.toNanos(plan.seconds());
        Skew skew = Skew.of(plan.backends(), journal.changes(), begin + warm, end);
        Histogram micros = seen.micros();
        return new Round(
                nodes.arm(),
                round,
                Math.toIntExact(micros.getTotalCount()),
                skew,
                micros.getValueAtPercentile(50) / MICROS_PER_MILLI,
                micros.getValueAtPercentile(99) / MICROS_PER_MILLI);
    }

    @Override
    public void close() {
        backends.forEach(WorkingBackend::close);
    }
}
