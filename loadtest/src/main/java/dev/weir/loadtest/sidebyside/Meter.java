package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.ProcStat;
import dev.weir.loadtest.process.Sandbox;
import java.time.Duration;

/** Loads one proxy for a while and reads what that cost. */
final class Meter {
    /**
     * At most this share of requests may open a connection to a backend, after one or two for each of the clients' to fill
     * the pools. A proxy without keep-alive opens one for each request.
     */
    private static final double MOST_CONNECTIONS_PER_REQUEST = 0.01;

    private final Sandbox sandbox;
    private final Backends backends;
    private final Wrk wrk;
    private final Plan plan;

    Meter(Sandbox sandbox, Backends backends, Wrk wrk, Plan plan) {
        this.sandbox = sandbox;
        this.backends = backends;
        this.wrk = wrk;
        this.plan = plan;
    }

    /** @throws MeasurementException if any request failed, or the requests did not all reach the backends by kept connections */
    Round measure(Subject subject, Duration duration) {
        subject.requireAlive(sandbox);
        Backends.Counters countersBefore = backends.counters();
        long nanosBefore = System.nanoTime();
        long coreBefore = ProcStat.busyTicksOf(plan.proxyCore());
        ProcStat.Usage usageBefore = ProcStat.usageOf(subject.process().toHandle());

        WrkReport report = wrk.load(subject.wiring().port(), duration);

        subject.requireAlive(sandbox);
        double cpuSeconds =
                usageBefore.secondsUntil(ProcStat.usageOf(subject.process().toHandle()));
        long coreTicks = ProcStat.busyTicksOf(plan.proxyCore()) - coreBefore;
        double seconds = (System.nanoTime() - nanosBefore) / 1e9;
        long connections = check(subject, report, countersBefore, backends.counters());
        sandbox.truncate(subject.peer().accessLog(sandbox));

        double ownShare = cpuSeconds / seconds;
        double busyShare = (double) coreTicks / ProcStat.TICKS_PER_SECOND / seconds;
        return new Round(
                report.requests(),
                report.seconds(),
                cpuSeconds,
                ownShare,
                Math.max(0, busyShare - ownShare),
                connections,
                report.p50Millis(),
                report.p99Millis());
    }

    private long check(Subject subject, WrkReport report, Backends.Counters before, Backends.Counters after) {
        String name = subject.peer().name();
        long arrived = after.requests() - before.requests();
        if (arrived < report.requests()) {
            throw new MeasurementException(name + " answered " + report.requests() + " requests, but only " + arrived
                    + " came to the backends");
        }
        long connections = after.connections() - before.connections();
        long allowed = 2L * plan.connections() + (long) (arrived * MOST_CONNECTIONS_PER_REQUEST) + Backends.COUNT;
        if (connections > allowed) {
            throw new MeasurementException(name + " opened " + connections + " connections to the backends for "
                    + arrived + " requests (expected: at most " + allowed + ", kept open)");
        }
        return connections;
    }
}
