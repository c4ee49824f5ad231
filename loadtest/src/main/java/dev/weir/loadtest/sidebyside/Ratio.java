package dev.weir.loadtest.sidebyside;

import java.util.List;
import java.util.stream.IntStream;

/**
 * CPU per request of one proxy over that of another, formed within each round and only then summarized: a machine that
 * was slow for a while was slow for both halves of a pair, while medians of each column may stem from different minutes.
 */
record Ratio(String numerator, String denominator, Spread spread) {

    /** Both peers have the same number of rounds, in the order in which they were run. */
    static Ratio of(PeerResult numerator, PeerResult denominator) {
        List<Round> upper = numerator.rounds();
        List<Round> lower = denominator.rounds();
        if (upper.size() != lower.size()) {
            throw new IllegalArgumentException(
                    "rounds: " + upper.size() + " and " + lower.size() + " (expected: as many)");
        }
        List<Double> ratios = IntStream.range(0, upper.size())
                .mapToObj(i -> upper.get(i).cpuMicrosPerRequest() / lower.get(i).cpuMicrosPerRequest())
                .toList();
        return new Ratio(numerator.name(), denominator.name(), Spread.of(ratios));
    }
}
