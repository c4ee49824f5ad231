package dev.weir.loadtest.clusterlab;

import java.util.ArrayList;
import java.util.List;

/** What has been looked at so far. For one thread. */
final class Checks {
    private final List<Check> all = new ArrayList<>();

    void add(String name, String bound, String figure, boolean passed) {
        all.add(new Check(name, bound, figure, passed));
    }

    List<Check> all() {
        return List.copyOf(all);
    }
}
