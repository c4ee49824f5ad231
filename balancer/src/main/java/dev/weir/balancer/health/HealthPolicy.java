package dev.weir.balancer.health;

import dev.weir.balancer.backend.BackendState.Health;

/**
 * Turns the results of one backend's checks into a verdict, with hysteresis: so many contradictions in a row change it.
 *
 * <p>At the start one result is enough, either way. One success, because whoever waits for a rollout waits for this. One
 * failure, because nothing speaks for the backend yet; HAProxy starts its servers one failure away from down as well. Until a
 * backend has been up once, one success keeps being enough: a balancer that starts a second before its backends must not
 * make them wait for the whole row.
 *
 * <p>Not thread-safe.
 */
final class HealthPolicy {
    private final int rise;
    private final int fall;
    private Health health = Health.UNKNOWN;
    private boolean everUp;
    private int contradictions;

    /**
     * @param rise successes in a row that bring a backend up again, at least 1
     * @param fall failures in a row that take it down, at least 1
     */
    HealthPolicy(int rise, int fall) {
        this.rise = rise;
        this.fall = fall;
    }

    Health health() {
        return health;
    }

    /** Somebody else has found out: that is where this one goes on. */
    void take(Health verdict) {
        health = verdict;
        contradictions = 0;
        everUp |= verdict == Health.UP;
    }

    /** @return the verdict from now on */
    Health record(boolean passed) {
        Health claim = passed ? Health.UP : Health.DOWN;
        if (claim == health) {
            contradictions = 0;
            return health;
        }
        contradictions++;
        if (contradictions >= needed(claim)) {
            health = claim;
            contradictions = 0;
            everUp |= passed;
        }
        return health;
    }

    private int needed(Health claim) {
        if (health == Health.UNKNOWN) {
            return 1;
        }
        if (claim == Health.DOWN) {
            return fall;
        }
        return everUp ? rise : 1;
    }
}
