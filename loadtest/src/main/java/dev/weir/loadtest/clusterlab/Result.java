package dev.weir.loadtest.clusterlab;

import java.util.List;

/** What came of a scenario. */
record Result(Scenario scenario, List<Check> checks) {
    boolean passed() {
        return checks.stream().allMatch(Check::passed);
    }
}
