package dev.weir.balancer.directive;

import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.failure.Maintenance;

/**
 * One thing that operators ask for. Each stands under a {@link DirectiveKey} of its own, so that a drain and a weight for one
 * backend, given to two nodes at the same time, are both kept. What the configuration says anyway is no directive. Immutable.
 */
public sealed interface Directive {
    /** When it was given, in milliseconds since 1970, by the clock of the node that it was given to; for people. */
    long sinceMillis();

    DirectiveKey.Kind kind();

    /**
     * A backend is to get no requests.
     *
     * @param state draining or disabled
     */
    record OutOfUse(BackendState.Admin state, long sinceMillis) implements Directive {
        public OutOfUse {
            if (state == BackendState.Admin.ENABLED) {
                throw new IllegalArgumentException("a backend that is enabled needs no directive");
            }
            checkSince(sinceMillis);
        }

        @Override
        public DirectiveKey.Kind kind() {
            return DirectiveKey.Kind.ADMIN;
        }
    }

    /**
     * A backend is to have another weight than the configured one.
     *
     * @param weight 0 to {@link BackendState#MAX_WEIGHT}
     */
    record Weight(int weight, long sinceMillis) implements Directive {
        public Weight {
            if (weight < 0 || weight > BackendState.MAX_WEIGHT) {
                throw new IllegalArgumentException(
                        "weight " + weight + " (expected: 0 to " + BackendState.MAX_WEIGHT + ")");
            }
            checkSince(sinceMillis);
        }

        @Override
        public DirectiveKey.Kind kind() {
            return DirectiveKey.Kind.WEIGHT;
        }
    }

    /** A pool is to be closed. */
    record Closed(Maintenance maintenance, long sinceMillis) implements Directive {
        public Closed {
            if (maintenance.message() == null) {
                throw new IllegalArgumentException("a closed pool needs a message");
            }
            checkSince(sinceMillis);
        }

        @Override
        public DirectiveKey.Kind kind() {
            return DirectiveKey.Kind.MAINTENANCE;
        }
    }

    private static void checkSince(long millis) {
        if (millis < 0 || millis > Maintenance.MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "since " + millis + " ms (expected: 0 to " + Maintenance.MAX_MILLIS + ")");
        }
    }
}
