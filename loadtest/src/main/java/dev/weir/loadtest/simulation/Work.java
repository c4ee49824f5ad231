package dev.weir.loadtest.simulation;

import java.util.random.RandomGenerator;

/** How the work that requests bring is distributed. The mean is 1. */
enum Work {
    EXPONENTIAL {
        @Override
        double draw(RandomGenerator random) {
            return -Math.log(1 - random.nextDouble());
        }
    },
    /** Log-normal: half of the requests need less than a third of the mean, and one in a hundred more than ten times of it. */
    HEAVY {
        @Override
        double draw(RandomGenerator random) {
            return Math.exp(SIGMA * random.nextGaussian() - SIGMA * SIGMA / 2);
        }
    };

    private static final double SIGMA = 1.5;

    abstract double draw(RandomGenerator random);
}
