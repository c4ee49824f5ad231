package dev.weir.loadtest.sidebyside;

import java.util.List;
import java.util.Map;

/**
 * All that was learned of one proxy.
 *
 * @param facts what else a reader should know, by name
 * @param rounds in the order in which they were run
 */
record PeerResult(String name, String version, Map<String, String> facts, WarmUpResult warmUp, List<Round> rounds) {

    /**
     * @param seconds of load before the first round
     * @param settled false if the limit came first; the rounds may then still contain warming up
     */
    record WarmUpResult(double seconds, double firstCpuMicros, double lastCpuMicros, boolean settled) {}

    Spread cpuMicrosPerRequest() {
        return Spread.of(rounds.stream().map(Round::cpuMicrosPerRequest).toList());
    }

    Spread requestsPerSecond() {
        return Spread.of(rounds.stream().map(Round::requestsPerSecond).toList());
    }

    Spread p50Millis() {
        return Spread.of(rounds.stream().map(Round::p50Millis).toList());
    }

    Spread p99Millis() {
        return Spread.of(rounds.stream().map(Round::p99Millis).toList());
    }

    Spread coreShare() {
        return Spread.of(rounds.stream().map(Round::coreShare).toList());
    }

    Spread othersShare() {
        return Spread.of(rounds.stream().map(Round::othersShare).toList());
    }
}
