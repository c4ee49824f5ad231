package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long connects and answers take, one request after the other, each on a connection of its own. */
final class LatencyCheck {
    private static final Duration BUDGET = Duration.ofSeconds(4);
    private static final long SLOW_NANOS = 1_000_000_000L;

    private final Plan plan;
    private final Dialer dialer;
    private final Probe probe;

    private final List<Long> connects = new ArrayList<>();
    private final List<Long> heads = new ArrayList<>();
    private final List<Long> totals = new ArrayList<>();
    private int failed;
    private String firstFailure = "";

    LatencyCheck(Plan plan, Dialer dialer, Probe probe) {
        this.plan = plan;
        this.dialer = dialer;
        this.probe = probe;
    }

    void check(InetAddress address, Findings findings) {
        Deadline budget = dialer.in(BUDGET);
        int done = 0;
        while (done < plan.requests() && !budget.expired()) {
            measure(address);
            done++;
        }
        findings.fact("requests", done);
        findings.fact("failed", failed);
        if (!totals.isEmpty()) {
            times(findings);
        }
        if (failed > 0) {
            findings.problem(
                    "some-fail",
                    failed + " of " + done + " requests in a row failed, the first with: " + firstFailure + ".",
                    "It answers only sometimes: look for a crash loop, a limit of connections, or one bad instance behind"
                            + " this address.");
        }
    }

    private void measure(InetAddress address) {
        long begin = dialer.nanos();
        try (Wire wire = dialer.wire(address, dialer.step())) {
            long connected = dialer.nanos();
            switch (probe.exchange(wire)) {
                case Answer.Got got -> {
                    connects.add(connected - begin);
                    heads.add(got.response().headNanos());
                    totals.add(connected - begin + got.response().totalNanos());
                }
                case Answer.Failed failure -> failed(failure.kind().toString(), failure.cause());
            }
        } catch (IOException e) {
            failed(ConnectFailure.of(e).toString(), e);
        }
    }

    private void failed(String kind, IOException cause) {
        failed++;
        if (firstFailure.isEmpty()) {
            firstFailure = kind.toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " (" + cause.getMessage() + ")";
        }
    }

    private void times(Findings findings) {
        Spread connect = Spread.of(connects);
        Spread head = Spread.of(heads);
        Spread total = Spread.of(totals);
        findings.fact("connect_ms", connect.facts());
        findings.fact("head_ms", head.facts());
        findings.fact("total_ms", total.facts());
        findings.ok(
                "latency",
                "Of " + Amount.count(total.count(), "request") + ", min / median / p99: connect " + text(connect)
                        + "; head " + text(head) + "; total " + text(total) + ".");
        if (head.median() > SLOW_NANOS) {
            findings.warning(
                    "slow",
                    "Half of the answers take longer than " + Amount.time(head.median()) + " to begin.",
                    "Look for overload or a slow dependency over there; --path names a cheaper page.");
        }
    }

    private static String text(Spread spread) {
        return Amount.time(spread.min()) + " / " + Amount.time(spread.median()) + " / " + Amount.time(spread.p99());
    }
}
