package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.Machine;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that a reader needs to judge the figures, and the figures.
 *
 * @param start of the measurement
 * @param loadGenerator with its version
 * @param ratios of the first peer to each other one
 */
record Report(
        Instant start, Machine machine, Plan plan, String loadGenerator, List<PeerResult> peers, List<Ratio> ratios) {

    static Report of(Instant start, Machine machine, Plan plan, String loadGenerator, List<PeerResult> peers) {
        PeerResult first = peers.getFirst();
        List<Ratio> ratios =
                peers.stream().skip(1).map(other -> Ratio.of(first, other)).toList();
        return new Report(start, machine, plan, loadGenerator, peers, ratios);
    }

    Optional<Ratio> ratio(String numerator, String denominator) {
        return ratios.stream()
                .filter(ratio -> ratio.numerator().equals(numerator)
                        && ratio.denominator().equals(denominator))
                .findFirst();
    }
}
