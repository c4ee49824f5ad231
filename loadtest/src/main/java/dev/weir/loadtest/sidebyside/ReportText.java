package dev.weir.loadtest.sidebyside;

import java.util.Formatter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report for people. */
final class ReportText {
    /** Above this share of the core, others disturb caches and scheduling enough to doubt a figure. */
    private static final double DISTURBED = 0.05;

    private final Formatter text = new Formatter(Locale.ROOT);

    private ReportText() {}

    static String of(Report report) {
        ReportText writer = new ReportText();
        writer.circumstances(report);
        writer.versions(report);
        writer.figures(report);
        writer.ratios(report);
        writer.doubts(report);
        return writer.text.toString();
    }

    private void circumstances(Report report) {
        Plan plan = report.plan();
        text.format("CPU per request, side by side, %s%n", report.start());
        text.format(
                "  machine   %s, %s; proxies on core %d, load and backends on core %d%n",
                report.machine().cpu(), report.machine().kernel(), plan.proxyCore(), plan.loadCore());
        text.format(
                "  load      %d keep-alive connections, closed loop; %d rounds of %d s each; body of %d bytes; access log %s%n",
                plan.connections(),
                plan.rounds(),
                plan.round().toSeconds(),
                plan.bodySize(),
                plan.accessLog() ? "on" : "off");
        text.format("  generator %s%n", report.loadGenerator());
    }

    private void versions(Report report) {
        for (PeerResult peer : report.peers()) {
            PeerResult.WarmUpResult warmUp = peer.warmUp();
            text.format(
                    "  %-9s %s%s; warm-up %.0f s, %.2f to %.2f us/request, %s%n",
                    peer.name(),
                    peer.version(),
                    facts(peer.facts()),
                    warmUp.seconds(),
                    warmUp.firstCpuMicros(),
                    warmUp.lastCpuMicros(),
                    warmUp.settled() ? "settled" : "NOT SETTLED");
        }
    }

    private static String facts(Map<String, String> facts) {
        return facts.entrySet().stream()
                .map(fact -> ", " + fact.getKey() + " " + fact.getValue())
                .collect(Collectors.joining());
    }

    private void figures(Report report) {
        text.format("%n");
        text.format("             CPU us/request            requests/s   latency ms        core used by%n");
        text.format("             min     median  max       median       p50     p99       it     others%n");
        for (PeerResult peer : report.peers()) {
            Spread cpu = peer.cpuMicrosPerRequest();
            text.format(
                    "  %-9s  %-7.2f %-7.2f %-7.2f   %-10.0f   %-7.2f %-7.2f   %3.0f %%  %3.0f %%%n",
                    peer.name(),
                    cpu.min(),
                    cpu.median(),
                    cpu.max(),
                    peer.requestsPerSecond().median(),
                    peer.p50Millis().median(),
                    peer.p99Millis().median(),
                    peer.coreShare().median() * 100,
                    peer.othersShare().median() * 100);
        }
    }

    private void ratios(Report report) {
        if (report.ratios().isEmpty()) {
            return;
        }
        text.format("%n");
        text.format("  CPU ratio, round by round  min     median  max%n");
        for (Ratio ratio : report.ratios()) {
            Spread spread = ratio.spread();
            text.format(
                    "  %-25s  %-7.3f %-7.3f %-7.3f%n",
                    ratio.numerator() + " / " + ratio.denominator(), spread.min(), spread.median(), spread.max());
        }
    }

    private void doubts(Report report) {
        for (PeerResult peer : report.peers()) {
            if (!peer.warmUp().settled()) {
                text.format("  Doubt: %s had not settled when its warm-up ended; see --warmup.%n", peer.name());
            }
            long disturbed = peer.rounds().stream()
                    .filter(round -> round.othersShare() > DISTURBED)
                    .count();
            if (disturbed > 0) {
                text.format(
                        "  Doubt: others used more than %.0f %% of the core in %d of the %d rounds of %s.%n",
                        DISTURBED * 100, disturbed, peer.rounds().size(), peer.name());
            }
        }
    }
}
