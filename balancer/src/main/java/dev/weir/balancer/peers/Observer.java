package dev.weir.balancer.peers;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.BackendStats;
import java.util.concurrent.TimeUnit;

/** Looks at one backend several times a second, and tells what this node thinks of it by its own evidence. Not thread-safe. */
final class Observer {
    /** For so long after the last answer a backend is known to answer. */
    static final long OF_LATE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For so long after an answer no rumour is believed. Shorter than the second within which a dead backend is to be out. */
    private static final long JUST_NOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** For so long a failure is held against a backend, if no request comes to it any more. */
    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What follows from time alone is looked at so often: nothing of it is urgent. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The time since a backend came back is told in steps, or it would be news with each tick. */
    private static final int BACK_STEP_MILLIS = 500;

    /** Latencies that differ by less than one part in so many are the same: all of them fall a little with each moment. */
    private static final int SAME_LATENCY = 5;

    private final Backend backend;
    private final long slowStartNanos;
    private long answers;
    private int inFlight;
    private long latencyStamp;
    private BackendState state;
    private boolean checkedHere;
    private long judgedNanos;
    private boolean judged;
    private long answeredNanos;
    private boolean everAnswered;
    private long untaken;
    private int failures;
    private long failedNanos;
    private boolean everFailed;
    private long heardBackNanos = Advice.NOT_BACK;
    private Report report = Report.NONE;

    /** @param slowStartNanos 0: none */
    Observer(Backend backend, long slowStartNanos) {
        this.backend = backend;
        this.slowStartNanos = slowStartNanos;
        this.answers = backend.stats().answered();
        this.state = backend.state();
    }

    /**
     * Looks again. Of most backends nothing has changed, if there are many, and then that is all that it costs to find out.
     *
     * @return whether it has to say something new
     */
    boolean look(long nowNanos) {
        boolean moved = hasMoved();
        if (judged && !moved && nowNanos - judgedNanos < IDLE_NANOS) {
            return false;
        }
        judged = true;
        judgedNanos = nowNanos;
        count(nowNanos);
        Report next = new Report(
                checkedHere ? check(state.health()) : Report.Check.NONE,
                traffic(state, nowNanos),
                inFlight,
                steady((int)
                        Math.min(Integer.MAX_VALUE, backend.stats().latency().micros(nowNanos))),
                backMillis(state, nowNanos));
        boolean news = !next.equals(report);
        report = news ? next : report;
        return news;
    }

    /** Whether requests came, ended or failed since, or the backend is in another state. */
    @SuppressWarnings("ReferenceEquality") // an equal state that is another one costs a look, and no more
    private boolean hasMoved() {
        BackendStats stats = backend.stats();
        int running = stats.inFlight();
        long stamp = stats.latency().stamp();
        BackendState now = backend.state();
        boolean checked = backend.isCheckedHere();
        boolean moved = running != inFlight
                || stamp != latencyStamp
                || now != state
                || checked != checkedHere
                || stats.consecutiveFailures() != failures
                || report.backMillis() > 0;
        inFlight = running;
        latencyStamp = stamp;
        state = now;
        checkedHere = checked;
        return moved;
    }

    private void count(long nowNanos) {
        long now = backend.stats().answered();
        boolean answered = now != answers;
        if (answered) {
            untaken += now - answers;
            answers = now;
            answeredNanos = nowNanos;
            everAnswered = true;
        }
        int row = backend.stats().consecutiveFailures();
        if (row > 0 && (row != failures || answered)) {
            failedNanos = nowNanos;
            everFailed = true;
        }
        failures = row;
    }

    private int steady(int latencyMicros) {
        int told = report.latencyMicros();
        boolean same = latencyMicros > 0 && Math.abs(latencyMicros - told) < told / SAME_LATENCY;
        return same ? told : latencyMicros;
    }

    private static Report.Check check(BackendState.Health health) {
        return switch (health) {
            case UNKNOWN -> Report.Check.NONE;
            case UP -> Report.Check.UP;
            case DOWN -> Report.Check.DOWN;
        };
    }

    private Report.Traffic traffic(BackendState state, long nowNanos) {
        boolean fails = failsOfLate(nowNanos);
        if (state.ejected() || (state.spared() && fails)) {
            return Report.Traffic.EJECTED;
        }
        if (fails) {
            return Report.Traffic.FAILS;
        }
        return answeredWithin(OF_LATE_NANOS, nowNanos) ? Report.Traffic.ANSWERS : Report.Traffic.NONE;
    }

    private int backMillis(BackendState state, long nowNanos) {
        boolean hearsay = state.sinceNanos() == heardBackNanos; // of which others are not told, or it would never end
        if (state.sinceNanos() == BackendState.FROM_START || hearsay || !state.usable()) {
            return 0;
        }
        long nanos = nowNanos - state.sinceNanos();
        if (nanos >= slowStartNanos) {
            return 0;
        }
        return (int) TimeUnit.NANOSECONDS.toMillis(nanos) / BACK_STEP_MILLIS * BACK_STEP_MILLIS + 1;
    }

    private boolean answeredWithin(long nanos, long nowNanos) {
        return everAnswered && nowNanos - answeredNanos < nanos;
    }

    private boolean failsOfLate(long nowNanos) {
        return failures > 0 && everFailed && nowNanos - failedNanos < REMEMBERED_NANOS;
    }

    /** Others saw the backend come back, then. */
    void heardBack(long nanos) {
        if (heardBackNanos == Advice.NOT_BACK || nanos - heardBackNanos > 0) { // an earlier one changes nothing
            heardBackNanos = nanos;
        }
    }

    /** Whether this node has evidence of its own, for or against, and not from long ago. */
    boolean knows(long nowNanos) {
        return report.check() != Report.Check.NONE
                || answeredWithin(REMEMBERED_NANOS, nowNanos)
                || failsOfLate(nowNanos)
                || isCutOff(nowNanos);
    }

    /** Whether this node cannot use it, by evidence that is not from long ago: who gets no requests any more has to end to doubt. */
    boolean seesDown(long nowNanos) {
        return report.check() == Report.Check.DOWN
                || (report.traffic() == Report.Traffic.EJECTED && failsOfLate(nowNanos))
                || isCutOff(nowNanos);
    }

    /** Nobody is ejected where it is the way there that fails. */
    private boolean isCutOff(long nowNanos) {
        return backend.stats().isSilent(nowNanos) || backend.stats().hasNoRoute(nowNanos);
    }

    /** Whether the last request was answered, a moment ago. */
    boolean answeredJustNow(long nowNanos) {
        return answeredWithin(JUST_NOW_NANOS, nowNanos) && backend.stats().consecutiveFailures() == 0;
    }

    /** Responses so far, as of the last look. */
    long answers() {
        return answers;
    }

    /** Requests that were in flight at the last look. */
    int inFlight() {
        return inFlight;
    }

    /** What was seen last. */
    Report report() {
        return report;
    }

    /** Answers that were seen since this was called last. */
    long takeAnswers() {
        long taken = untaken;
        untaken = 0;
        return taken;
    }
}
