package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.sidebyside.PeerResult.WarmUpResult;
import java.util.Arrays;
import java.util.Map;

/** Results with given costs, for tests of what is done with results. */
final class Figures {
    private static final long REQUESTS = 1_000_000;

    private Figures() {}

    static PeerResult peer(String name, double... cpuMicrosPerRequest) {
        return new PeerResult(
                name,
                "1.0",
                Map.of(),
                new WarmUpResult(10, 40, 20, true),
                Arrays.stream(cpuMicrosPerRequest)
                        .mapToObj(micros -> round(micros, 0.01))
                        .toList());
    }

    static Round round(double cpuMicrosPerRequest, double othersShare) {
        return new Round(REQUESTS, 20, cpuMicrosPerRequest * REQUESTS / 1e6, 0.9, othersShare, 64, 1.5, 2.5);
    }
}
