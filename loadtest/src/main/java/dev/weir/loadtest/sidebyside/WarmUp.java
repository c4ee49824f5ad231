package dev.weir.loadtest.sidebyside;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Decides when a proxy is warm: its CPU per request has stopped falling. A JIT compiler only ever lowers that figure, so
 * what counts is whether recent slices beat the best earlier one; noise that raises it does not prolong the warm-up.
 */
final class WarmUp {
    /** Slices that must bring nothing new in a row. */
    static final int QUIET_SLICES = 4;

    /** An improvement under this share is noise: ticks of 10 ms over slices of 2 s already allow 0.5 %. */
    static final double NOISE = 0.02;

    private final List<Double> cpuMicrosPerRequest = new ArrayList<>();

    void add(double slice) {
        cpuMicrosPerRequest.add(slice);
    }

    boolean settled() {
        int earlier = cpuMicrosPerRequest.size() - QUIET_SLICES;
        if (earlier < 1) {
            return false;
        }
        double bestBefore = Collections.min(cpuMicrosPerRequest.subList(0, earlier));
        double bestLately = Collections.min(cpuMicrosPerRequest.subList(earlier, cpuMicrosPerRequest.size()));
        return bestLately >= bestBefore * (1 - NOISE);
    }

    double first() {
        return cpuMicrosPerRequest.getFirst();
    }

    double last() {
        return cpuMicrosPerRequest.getLast();
    }
}
