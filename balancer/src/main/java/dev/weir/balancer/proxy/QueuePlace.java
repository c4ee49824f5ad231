package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.RequestLimit;
import java.util.ArrayList;
import java.util.List;

/**
 * An exchange's place in its pool's queue: which backends it found full, and until when it waits for one of them. Confined to
 * the event loop of its exchange, but for what {@link WaitQueue.Waiter} says otherwise.
 */
final class QueuePlace implements WaitQueue.Waiter {
    private final Attempts attempts;
    private final UpstreamPool pool;
    private final ProxyLoop loop;
    private final List<Backend> full = new ArrayList<>(4);

    /** In the wheel's clock. */
    private long deadlineNanos = Deadline.NONE;

    /** Read by other threads. */
    private volatile boolean queued;

    QueuePlace(Attempts attempts, UpstreamPool pool, ProxyLoop loop) {
        this.attempts = attempts;
        this.pool = pool;
        this.loop = loop;
    }

    // ---- which backends are full

    void look() {
        full.clear();
    }

    void foundFull(Backend backend) {
        full.add(backend);
    }

    boolean foundAnyFull() {
        return !full.isEmpty();
    }

    boolean isFull(Backend backend) {
        return full.contains(backend);
    }

    /** A backend had room: should another wait follow, its time starts anew. */
    void served() {
        deadlineNanos = Deadline.NONE;
    }

    // ---- the wait

    /**
     * Takes a place.
     *
     * @param again whether it was this one's turn, and somebody else was quicker
     * @return false if the queue is full
     */
    boolean enter(boolean again) {
        if (deadlineNanos == Deadline.NONE && pool.queueNanos() != 0) {
            deadlineNanos = loop.now() + pool.queueNanos() - loop.wheel().lostNanos();
        }
        queued = true;
        for (int i = 0; i < full.size(); i++) {
            full.get(i).stats().beginWait();
        }
        if (again) {
            pool.queue().offerAgain(this);
        } else if (!pool.queue().offer(this)) {
            left();
            pool.metrics().queueOverflow();
            return false;
        }
        pool.metrics().queued(1);
        return true;
    }

    long deadlineNanos() {
        return deadlineNanos == Deadline.NONE
                ? Deadline.NONE
                : deadlineNanos + loop.wheel().lostNanos();
    }

    boolean isQueued() {
        return queued;
    }

    void leave() {
        if (queued) {
            left();
            pool.metrics().queued(-1);
            pool.queue().leave(this);
        }
    }

    private void left() {
        queued = false;
        for (int i = 0; i < full.size(); i++) {
            full.get(i).stats().endWait();
        }
    }

    @Override
    public void wake() {
        loop.execute(() -> {
            if (queued) {
                left();
                pool.metrics().queued(-1);
                attempts.next(true);
            }
            if (!queued && attempts.leaveRoom()) {
                pool.queue().wakeOne();
            }
        });
    }

    @Override
    public boolean gone() {
        return !queued;
    }

    @Override
    public boolean seesRoom() {
        for (int i = 0; i < full.size(); i++) {
            if (full.get(i).stats().inFlight() < full.get(i).limit().most()) {
                return true;
            }
        }
        return false;
    }

    /** Which limit it was, if other nodes have a part of it: a clause for the operators; or nothing. */
    String sharedLimit() {
        for (int i = 0; i < full.size(); i++) {
            RequestLimit limit = full.get(i).limit();
            if (limit.isShared()) {
                return "; of max-requests " + limit.whole() + " this node has " + limit.share() + " at " + full.get(i);
            }
        }
        return "";
    }
}
