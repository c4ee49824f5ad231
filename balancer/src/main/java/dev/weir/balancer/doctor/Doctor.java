package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Examines one backend, stage by stage; a stage that cannot take place after another has failed is left out, and says why. Never
 * has more than a dozen connections open, and sends one request after the other. Blocks for up to some seconds; every wait is
 * bounded by the plan, and so is the whole: what is under way when its time is over is given up, and all that follows left out.
 * One examination per object.
 */
public final class Doctor {
    private static final String OVER = "the time was over";

    private final Plan plan;
    private final LongSupplier nanoClock;
    private final InstantSource clock;
    private final Dialer dialer;
    private final Probe probe;
    private final NameCheck names;
    private final Map<Stage, StageReport> reports = new EnumMap<>(Stage.class);

    /** What a stage does; adds what it finds. */
    private interface Examination<T extends @Nullable Object> {
        T into(Findings findings);
    }

    /** @param nanoClock as {@code System::nanoTime} */
    public Doctor(Plan plan, LongSupplier nanoClock, InstantSource clock) {
        this.plan = plan;
        this.nanoClock = nanoClock;
        this.clock = clock;
        this.dialer = new Dialer(plan, nanoClock);
        this.probe = new Probe(plan, dialer);
        this.names = new NameCheck(plan, dialer, Path.of("/etc/resolv.conf"), nanoClock);
    }

    public Report examine() {
        Instant started = clock.instant();
        long begin = nanoClock.getAsLong();
        InetAddress address = examineBackend();
        askBalancer(address);
        List<StageReport> inOrder = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            inOrder.add(reports.computeIfAbsent(stage, left -> skipped(left, "an earlier stage failed")));
        }
        return new Report(
                plan.target(),
                address == null ? "" : dialer.at(address),
                started,
                Duration.ofNanos(nanoClock.getAsLong() - begin),
                dialer.connections(),
                probe.requests(),
                inOrder);
    }

    /** @return the address that was examined; null if none accepts a connection */
    private @Nullable InetAddress examineBackend() {
        Findings naming = new Findings();
        long begin = nanoClock.getAsLong();
        List<InetAddress> addresses = names.check(naming);
        long took = nanoClock.getAsLong() - begin;
        InetAddress address = null;
        if (addresses.isEmpty()) {
            skipRest("the name has no address");
        } else {
            address = reach(addresses);
        }
        if (address != null) {
            examineServer(address);
        }
        names.again(addresses, naming);
        reports.put(
                Stage.NAME, addresses.isEmpty() ? report(Stage.NAME, naming, took) : naming.report(Stage.NAME, took));
        return address;
    }

    private @Nullable InetAddress reach(List<InetAddress> addresses) {
        RouteCheck routes = new RouteCheck(dialer.port());
        List<InetAddress> routable = run(Stage.ROUTE, findings -> routes.check(addresses, findings));
        if (routable.isEmpty()) {
            skipRest("there is no route");
            return null;
        }
        ConnectCheck connects = new ConnectCheck(dialer, new LocalListeners(Path.of("/proc/net")));
        InetAddress address =
                this.<@Nullable InetAddress>run(Stage.CONNECT, findings -> connects.check(routable, findings));
        if (address == null) {
            skipRest("there is no connection");
        }
        return address;
    }

    private void examineServer(InetAddress address) {
        if (!plan.target().tls()) {
            skip(Stage.TLS, "the URL says http");
        } else {
            TlsCheck tls = new TlsCheck(plan, dialer, probe, clock.instant());
            if (!run(Stage.TLS, findings -> tls.check(address, findings))) {
                skipRest("there is no TLS connection");
                return;
            }
        }
        HttpCheck http = new HttpCheck(plan, dialer, probe);
        Response response = this.<@Nullable Response>run(Stage.HTTP, findings -> http.check(address, findings));
        if (response == null) {
            skipRest("there is no HTTP response");
        } else {
            examineHabits(address, response);
        }
    }

    /** The idle connection is watched while all else goes on. */
    private void examineHabits(InetAddress address, Response response) {
        boolean watch = response.reusable() && plan.idleProbe().isPositive();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<IdleProbe.Result> idle = watch ? executor.submit(new IdleProbe(plan, dialer, probe, address)) : null;
            HeadSizeCheck sizes = new HeadSizeCheck(plan, probe);
            examine(Stage.HEAD_SIZE, findings -> sizes.check(address, response, findings));
            LatencyCheck latency = new LatencyCheck(plan, dialer, probe);
            examine(Stage.LATENCY, findings -> latency.check(address, findings));
            KeepAliveCheck keepAlive = new KeepAliveCheck(plan, dialer, probe);
            examine(Stage.KEEP_ALIVE, findings -> {
                keepAlive.check(address, response, findings);
                if (idle != null) {
                    keepAlive.idle(await(idle), response, findings);
                }
            });
        }
    }

    private static IdleProbe.Result await(Future<IdleProbe.Result> idle) {
        try {
            return idle.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void askBalancer(@Nullable InetAddress address) {
        if (plan.admin() == null) {
            skip(Stage.BALANCER, "no balancer was to be asked");
            return;
        }
        if (dialer.isOver()) {
            skip(Stage.BALANCER, OVER);
            return;
        }
        BalancerCheck balancer = new BalancerCheck(plan, dialer, plan.admin());
        boolean backendWorks = reports.values().stream().noneMatch(report -> report.severity() == Severity.PROBLEM);
        StageReport naming = reports.get(Stage.NAME);
        Findings findings = new Findings();
        long begin = nanoClock.getAsLong();
        boolean answered = balancer.check(address, naming, backendWorks, findings);
        if (answered || plan.adminExpected()) {
            reports.put(Stage.BALANCER, findings.report(Stage.BALANCER, nanoClock.getAsLong() - begin));
        } else {
            skip(Stage.BALANCER, "no balancer runs at " + plan.admin());
        }
    }

    private <T extends @Nullable Object> T run(Stage stage, Examination<T> examination) {
        Findings findings = new Findings();
        long begin = nanoClock.getAsLong();
        T result = examination.into(findings);
        reports.put(stage, report(stage, findings, nanoClock.getAsLong() - begin));
        return result;
    }

    /** Unless the time is over. */
    private void examine(Stage stage, Consumer<Findings> examination) {
        if (dialer.isOver()) {
            skip(stage, OVER);
        } else {
            this.<@Nullable Void>run(stage, findings -> {
                examination.accept(findings);
                return null;
            });
        }
    }

    /** What was found when the time was over may be so for no other reason. */
    private StageReport report(Stage stage, Findings findings, long nanos) {
        if (!dialer.isOver()) {
            return findings.report(stage, nanos);
        }
        Findings unfinished = new Findings();
        unfinished.problem(
                "out-of-time",
                "The examination's " + Amount.time(plan.whole())
                        + " were over before this stage had ended, in which it spent " + Amount.time(nanos) + ".",
                "Look why the backend answers so slowly, or give the examination more time by --deadline.");
        return unfinished.report(stage, nanos);
    }

    /** All stages that examine the backend and have not taken place. */
    private void skipRest(String why) {
        for (Stage stage : Stage.values()) {
            if (stage != Stage.BALANCER && stage != Stage.NAME) {
                reports.computeIfAbsent(stage, left -> skipped(left, dialer.isOver() ? OVER : why));
            }
        }
    }

    private void skip(Stage stage, String why) {
        reports.put(stage, skipped(stage, why));
    }

    private static StageReport skipped(Stage stage, String why) {
        return new StageReport(stage, why, 0, List.of(), Map.of());
    }
}
