package dev.weir.loadtest.skew;

import dev.weir.loadtest.sidebyside.Spread;
import java.util.List;
import java.util.Locale;

/** What is compared. Of each less is better. */
enum Figure {
    VARIATION("in flight: standard deviation / mean", "variation", 3),
    PEAK("in flight: most loaded / mean", "peak", 2),
    MOST("in flight: most at any time", "most", 0),
    P50("latency p50, ms", "p50-millis", 0),
    P99("latency p99, ms", "p99-millis", 0);

    private final String title;
    private final String key;
    private final int decimals;

    Figure(String title, String key, int decimals) {
        this.title = title;
        this.key = key;
        this.decimals = decimals;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** For programs; the unit is in the name. */
    String key() {
        return key;
    }

    double of(Round round) {
        return switch (this) {
            case VARIATION -> round.skew().variation();
            case PEAK -> round.skew().peak();
            case MOST -> round.skew().most();
            case P50 -> round.p50Millis();
            case P99 -> round.p99Millis();
        };
    }

    /** Over all rounds of an arm. */
    Spread of(Arm arm, List<Round> rounds) {
        return Spread.of(rounds.stream()
                .filter(round -> round.arm() == arm)
                .map(this::of)
                .toList());
    }

    /** With the cluster, as a multiple of what it is without, formed in each round. */
    Spread ratio(List<Round> rounds) {
        List<Round> local =
                rounds.stream().filter(round -> round.arm() == Arm.LOCAL).toList();
        return Spread.of(rounds.stream()
                .filter(round -> round.arm() == Arm.CLUSTER)
                .map(round -> of(round) / of(same(round, local)))
                .toList());
    }

    private static Round same(Round round, List<Round> others) {
        return others.stream()
                .filter(other -> other.number() == round.number())
                .findAny()
                .orElseThrow();
    }

    /** Median, least and greatest. */
    String text(Spread spread) {
        return text(spread, decimals);
    }

    static String text(Spread spread, int decimals) {
        String number = "%." + decimals + "f";
        return String.format(
                Locale.ROOT,
                number + " (" + number + " to " + number + ")",
                spread.median(),
                spread.min(),
                spread.max());
    }
}
