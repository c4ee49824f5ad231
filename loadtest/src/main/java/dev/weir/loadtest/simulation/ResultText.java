package dev.weir.loadtest.simulation;

import java.util.Locale;

/** A table for people. */
final class ResultText {
    private static final String HEAD = "%-10s  %-14s  %-11s  %8s  %5s  %5s  %9s  %9s  %9s%n";

    private ResultText() {}

    static String head(Scenario scenario) {
        return String.format(
                        Locale.ROOT,
                        "%d workers a backend (%s), %.0f ms a request (%s), %.0f %% of backends %.0f times slower, utilisation %.2f,%n"
                                + "traffic of node n as n^-%.1f, digests every %d ms, seed %d%n%n",
                        scenario.workers(),
                        scenario.discipline(),
                        scenario.serviceMillis(),
                        scenario.work().name().toLowerCase(Locale.ROOT),
                        scenario.slowShare() * 100,
                        scenario.slowdown(),
                        scenario.utilisation(),
                        scenario.skew(),
                        scenario.tickMillis(),
                        scenario.seed())
                + String.format(
                        Locale.ROOT,
                        HEAD,
                        "nodes x",
                        "strategy",
                        "knows",
                        "in flight",
                        "",
                        "burst",
                        "latency",
                        "ms",
                        "requests")
                + String.format(Locale.ROOT, HEAD, "backends", "", "", "max/mean", "CV", "", "p50", "p99", "");
    }

    static String row(Result result) {
        Scenario scenario = result.scenario();
        return String.format(
                Locale.ROOT,
                "%-10s  %-14s  %-11s  %8.2f  %5.2f  %5.2f  %9.1f  %9.1f  %9d%n",
                scenario.nodes() + " x " + scenario.backends(),
                scenario.knowledge() == Knowledge.NAIVE ? "-" : scenario.strategy(),
                scenario.knowledge().title(),
                result.peak(),
                result.variation(),
                result.burst(),
                result.p50Millis(),
                result.p99Millis(),
                result.requests());
    }
}
