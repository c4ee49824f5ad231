package dev.weir.loadtest.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One scenario with several seeds, compared with local counting seed by seed. Ratios less than 1 are better. */
final class Cell {
    /** How sure it is that a ratio is not 1. */
    enum Verdict {
        BETTER,
        /** It may be better or worse. */
        OPEN,
        WORSE
    }

    /** Student's t for 95 % on both sides, for 1 and more degrees of freedom (the number of seeds less one). */
    private static final double[] STUDENT = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262};

    /** Differences of less than that matter to nobody, however sure they are. */
    private static final double MATTERS = 0.01;

    private final List<Result> local = new ArrayList<>();
    private final List<Result> shared = new ArrayList<>();

    void add(Result ofLocal, Result ofShared) {
        local.add(ofLocal);
        shared.add(ofShared);
    }

    /** Logarithm of the geometric mean of the seeds' ratios. */
    double logRatio(ToDoubleFunction<Result> figure) {
        double sum = 0;
        for (int i = 0; i < local.size(); i++) {
            sum += logRatio(figure, i);
        }
        return sum / local.size();
    }

    Verdict verdict(ToDoubleFunction<Result> figure) {
        double mean = logRatio(figure);
        double squares = 0;
        for (int i = 0; i < local.size(); i++) {
            squares += Math.pow(logRatio(figure, i) - mean, 2);
        }
        int freedom = local.size() - 1;
        double error = Math.sqrt(squares / freedom / local.size()) * STUDENT[Math.min(freedom, STUDENT.length) - 1];
        if (Math.abs(mean) < MATTERS || Math.abs(mean) < error) {
            return Verdict.OPEN;
        }
        return mean < 0 ? Verdict.BETTER : Verdict.WORSE;
    }

    private double logRatio(ToDoubleFunction<Result> figure, int seed) {
        return Math.log(figure.applyAsDouble(shared.get(seed)) / figure.applyAsDouble(local.get(seed)));
    }
}
