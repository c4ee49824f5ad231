package dev.weir.balancer.proxy;

import org.jspecify.annotations.Nullable;

/**
 * Whom a client connection's exchange waits for, and how long at most. One for each client connection; confined to its event
 * loop.
 */
final class ExchangeTimer extends Deadline {
    /** What it means when the time is over. */
    enum Wait {
        /** A backend with room. */
        QUEUE,
        /** The phase of the attempt: the backend keeps it waiting. */
        PHASE,
        /** The client keeps it waiting: only the total time counts here, the rest is up to the client's connection. */
        CLIENT,
        /** A backend's answer to Expect. */
        CONTINUE,
        /** More of a response that is held back. */
        HELD_RESPONSE,
        /** An answer that a backend may have sent before it hung up. */
        LAST_WORDS
    }

    private final ProxyLoop loop;
    private @Nullable Exchange exchange;
    private Wait wait = Wait.PHASE;

    /** In the wheel's clock: a pause of the loop is not the backends' time. */
    private long totalNanos = NONE;

    ExchangeTimer(ProxyLoop loop) {
        this.loop = loop;
    }

    /** @param totalDeadlineNanos {@link Deadline#NONE}: none */
    void begin(Exchange next, long totalDeadlineNanos) {
        exchange = next;
        wait = Wait.PHASE;
        totalNanos = totalDeadlineNanos == NONE
                ? NONE
                : totalDeadlineNanos - loop.wheel().lostNanos();
    }

    void end() {
        exchange = null;
        loop.wheel().remove(this);
    }

    boolean awaits(Wait what) {
        return wait == what;
    }

    boolean isTotalOver(long nowNanos) {
        return nowNanos >= totalDeadlineNanos();
    }

    /** @param timeoutNanos 0: none, but for the total one */
    void await(Wait what, long timeoutNanos) {
        await(what, timeoutNanos, loop.now());
    }

    void await(Wait what, long timeoutNanos, long nowNanos) {
        awaitUntil(what, timeoutNanos == 0 ? NONE : nowNanos + timeoutNanos);
    }

    void awaitUntil(Wait what, long deadlineNanos) {
        wait = what;
        loop.wheel().set(this, Math.min(deadlineNanos, totalDeadlineNanos()));
    }

    private long totalDeadlineNanos() {
        return totalNanos == NONE ? NONE : totalNanos + loop.wheel().lostNanos();
    }

    @Override
    void expired(long nowNanos) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        switch (wait) {
            case CLIENT -> current.clientStalled();
            case QUEUE -> current.attempts().queueOverdue();
            case PHASE -> current.attempts().overdue(false);
            case LAST_WORDS -> current.attempts().overdue(true);
            case CONTINUE -> {
                if (isTotalOver(nowNanos)) {
                    current.attempts().overdue(false);
                } else {
                    current.sayContinue();
                }
            }
            case HELD_RESPONSE -> {
                if (isTotalOver(nowNanos)) {
                    current.attempts().overdue(false);
                } else {
                    current.passResponseOn();
                }
            }
        }
    }
}
