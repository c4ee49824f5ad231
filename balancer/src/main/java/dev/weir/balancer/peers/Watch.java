package dev.weir.balancer.peers;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.incident.Agreement;
import dev.weir.balancer.incident.Opinions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What this node and the others know of one backend, and what follows. Not thread-safe. */
final class Watch {
    /** Without a word of those who should check a backend, this node does, after this time and its check's timeout. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Backend backend;
    private final String pool;
    private final long key;
    private final Observer observer;
    private final @Nullable Long checkTimeoutNanos;

    private long toldNanos;
    private long ownSinceNanos;
    private boolean probing;
    private @Nullable Advice last;
    private long opinionsSum;

    /** @param checkTimeoutNanos null: the pool has no active checks */
    Watch(String pool, Backend backend, long slowStartNanos, @Nullable Long checkTimeoutNanos, long nowNanos) {
        this.pool = pool;
        this.backend = backend;
        this.key = BackendKey.of(pool, backend.id());
        this.observer = new Observer(backend, slowStartNanos);
        this.checkTimeoutNanos = checkTimeoutNanos;
        this.toldNanos = nowNanos;
        this.ownSinceNanos = nowNanos;
        this.probing = checkTimeoutNanos != null;
    }

    Backend backend() {
        return backend;
    }

    String pool() {
        return pool;
    }

    long key() {
        return key;
    }

    Observer observer() {
        return observer;
    }

    boolean look(long nowNanos) {
        Opinion before = observer.report().opinion();
        boolean news = observer.look(nowNanos);
        if (observer.report().opinion() != before) {
            ownSinceNanos = nowNanos;
        }
        return news;
    }

    /**
     * Takes counsel.
     *
     * @param index of this backend at the peers
     * @param votes to count with
     * @param epochMillis the time of day
     * @return null: nothing new follows
     */
    @Nullable
    Advice counsel(int index, List<Peer> peers, Probers probers, Votes votes, long nowNanos, long epochMillis) {
        votes.clear();
        long back = Advice.NOT_BACK;
        long sum = 0;
        Report seen = observer.report();
        Opinion own = seen.opinion();
        boolean unused = seen.traffic() == Report.Traffic.NONE && seen.check() != Report.Check.DOWN;
        for (Peer peer : peers) {
            Report report = peer.report(index);
            if (!peer.isPresent() || report == null) {
                continue;
            }
            if (peer.isCredible()) {
                votes.add(report);
            }
            sum = sum * 31 + peer.id().hashCode() + report.opinion().hashCode();
            if (report.backMillis() > 0 && unused) {
                long since = peer.heardNanos() - TimeUnit.MILLISECONDS.toNanos(report.backMillis());
                back = Math.max(back, since);
            }
        }
        boolean out = votes.convince(own, observer.answeredJustNow(nowNanos));
        probing = checkTimeoutNanos != null && mustProbe(index, peers, probers, votes, nowNanos);
        Health health = checkTimeoutNanos == null || probing ? null : health(votes);
        Agreement agreement = votes.agreement(own);
        Advice before = last;
        if (before != null
                && before.probe() == probing
                && before.health() == health
                && before.out() == out
                && (back == Advice.NOT_BACK || before.backNanos() != Advice.NOT_BACK)
                && before.opinions().agreement() == agreement
                && sum == opinionsSum) {
            return null;
        }
        opinionsSum = sum;
        Advice advice = new Advice(
                backend,
                probing,
                health,
                out,
                back,
                opinions(agreement, index, peers, epochMillis - TimeUnit.NANOSECONDS.toMillis(nowNanos)));
        last = advice;
        if (back != Advice.NOT_BACK) {
            observer.heardBack(back);
        }
        return advice;
    }

    /** Those that are chosen check it; so does who hears nothing of them, and who does not believe what it hears. */
    private boolean mustProbe(int index, List<Peer> peers, Probers probers, Votes votes, long nowNanos) {
        int told = votes.checkedUp() + votes.checkedDown();
        if (told > 0) {
            toldNanos = nowNanos;
        }
        if (probers.includeSelf(key, index, peers) || isDoubtful(index, peers, probers, votes)) {
            return true;
        }
        long patience = PATIENCE_NANOS + (checkTimeoutNanos == null ? 0 : checkTimeoutNanos);
        return votes.tellers() == 0 || (told == 0 && (probing || nowNanos - toldNanos > patience));
    }

    /**
     * A backend is down by the word of two that were chosen to check it, and not against another's word. Against what this node
     * sees itself it is neither down nor up. Who checks for doubt is not counted, or all would end to do so at once.
     */
    private boolean isDoubtful(int index, List<Peer> peers, Probers probers, Votes votes) {
        Report own = observer.report();
        boolean up = votes.checkedUp() > 0;
        if (votes.checkedDown() == 0) {
            return up && own.check() == Report.Check.DOWN;
        }
        boolean wellHere = own.check() == Report.Check.UP || own.traffic() == Report.Traffic.ANSWERS;
        return up || wellHere || probers.foundDown(key, index, peers) < 2;
    }

    private static @Nullable Health health(Votes votes) {
        if (votes.checkedUp() > 0) {
            return Health.UP;
        }
        return votes.checkedDown() > 0 ? Health.DOWN : null;
    }

    /** What everybody says. */
    Census.Line line(int index, List<Peer> peers, Votes votes, long nowNanos) {
        votes.clear();
        List<Census.Said> others = new ArrayList<>(peers.size());
        for (Peer peer : peers) {
            Report report = peer.report(index);
            if (peer.isPresent() && report != null) {
                if (peer.isCredible()) {
                    votes.add(report);
                }
                others.add(new Census.Said(peer.id(), peer.name(), report, nowNanos - peer.sinceNanos(index)));
            }
        }
        Report own = observer.report();
        return new Census.Line(
                pool, backend.id(), own, nowNanos - ownSinceNanos, probing, votes.agreement(own.opinion()), others);
    }

    private Opinions opinions(Agreement agreement, int index, List<Peer> peers, long clockEpochMillis) {
        List<Opinions.OfNode> others = new ArrayList<>(peers.size());
        for (Peer peer : peers) {
            Report report = peer.report(index);
            if (peer.isPresent() && report != null) {
                long since = clockEpochMillis + TimeUnit.NANOSECONDS.toMillis(peer.sinceNanos(index));
                others.add(new Opinions.OfNode(peer.name(), report.opinion().words(), since));
            }
        }
        return others.isEmpty() ? Opinions.NONE : new Opinions(agreement, others);
    }
}
