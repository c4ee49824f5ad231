package dev.weir.balancer.peers;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Preference;
import dev.weir.balancer.backend.SharedLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All nodes' reports of all backends: takes this node's down and those of others in, and draws the conclusions. Allocates only
 * when something has changed. Confined to one thread, which is none of the event loops: with many backends it has to do.
 */
public final class PeerTable {
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final UUID self;
    private final List<Watch> watches;
    private final long[] keys;
    private final List<SharedLoad> loads;
    private final List<Reported> reported;
    private final Map<Backend, Integer> indices = new HashMap<>();

    /** Of each backend, the place of its pool. */
    private final int[] poolOf;

    /** By pool, as of the last look. */
    private final long[] answered;

    private final long[] running;

    /** Backends of which somebody thinks otherwise than when counsel was taken last. */
    private final BitSet stirred = new BitSet();

    /** Backends on which nodes do not agree. */
    private final BitSet disputed = new BitSet();

    private final Map<UUID, Peer> peers = new LinkedHashMap<>();
    private final Votes votes = new Votes();
    private final Suspicion suspicion;
    private final Probers probers;
    private List<Peer> inOrder = List.of();
    private long answersCounted;
    private long countedNanos;
    private int rate;
    private NodeReport node = NodeReport.NONE;
    private boolean first = true;

    /**
     * One pool, as far as it matters here.
     *
     * @param checkTimeout null: no active checks
     * @param toFindDown how long active checks may take to find a backend down
     */
    public record Watched(
            BackendPool pool, Duration slowStart, @Nullable Duration checkTimeout, Duration toFindDown) {
        /** Without active checks, or with such that find a backend down at once. */
        public Watched(BackendPool pool, Duration slowStart, @Nullable Duration checkTimeout) {
            this(pool, slowStart, checkTimeout, Duration.ZERO);
        }

        /** Until a node that found a backend well does so no longer, at the latest. */
        private long noticeNanos() {
            return Math.max(Observer.OF_LATE_NANOS, toFindDown.toNanos());
        }
    }

    /** Takes what is to be told to the others. */
    @FunctionalInterface
    public interface Publisher {
        void publish(long key, byte[] value);
    }

    /**
     * @param probers how many nodes check each backend
     * @param nowNanos of the clock that the backends were made with; all further times are of it, too
     */
    public PeerTable(UUID self, int probers, List<Watched> pools, long nowNanos) {
        this.self = self;
        List<Watch> all = new ArrayList<>();
        for (Watched each : pools) {
            Long timeout =
                    each.checkTimeout() == null ? null : each.checkTimeout().toNanos();
            each.pool()
                    .backends()
                    .forEach(backend -> all.add(new Watch(
                            each.pool().name(), backend, each.slowStart().toNanos(), timeout, nowNanos)));
        }
        all.sort(Comparator.comparingLong(Watch::key));
        this.watches = List.copyOf(all);
        this.loads = pools.stream().map(each -> each.pool().sharedLoad()).toList();
        this.keys = watches.stream().mapToLong(Watch::key).toArray();
        this.probers = new Probers(probers, self);
        this.suspicion = new Suspicion(
                pools.stream().mapToLong(Watched::noticeNanos).max().orElse(0));
        this.countedNanos = nowNanos;
        for (int i = 0; i < watches.size(); i++) {
            indices.put(watches.get(i).backend(), i);
        }
        this.poolOf = new int[keys.length];
        for (int pool = 0; pool < pools.size(); pool++) {
            for (Backend backend : pools.get(pool).pool().backends()) {
                poolOf[Objects.requireNonNull(indices.get(backend))] = pool;
            }
        }
        this.answered = new long[pools.size()];
        this.running = new long[pools.size()];
        this.reported = pools.stream()
                .map(each -> new Reported(each.pool().backends().stream()
                        .mapToInt(backend -> Objects.requireNonNull(indices.get(backend)))
                        .toArray()))
                .toList();
    }

    /** Of all pools. */
    public int backends() {
        return keys.length;
    }

    /** What the present peers say of the load of one pool's backends. */
    private final class Reported implements SharedLoad.Others {
        /** Of each backend, where it is among all. */
        private final int[] indices;

        private Reported(int[] indices) {
            this.indices = indices;
        }

        @Override
        public int inFlight(int backend) {
            int index = indices[backend];
            long sum = 0;
            for (Peer peer : inOrder) {
                Report report = peer.report(index);
                sum += peer.isPresent() && report != null ? report.inFlight() : 0;
            }
            return (int) Math.min(Integer.MAX_VALUE, sum);
        }

        @Override
        public double latencyMicros(int backend) {
            int index = indices[backend];
            double sum = 0;
            double weight = 0;
            for (Peer peer : inOrder) {
                Report report = peer.report(index);
                if (peer.isPresent() && report != null && report.latencyMicros() > 0) {
                    int inFlight = 1 + report.inFlight();
                    sum += (double) inFlight * report.latencyMicros();
                    weight += inFlight;
                }
            }
            return weight == 0 ? 0 : sum / weight;
        }
    }

    /** One that is known already, or is met for the first time. */
    public Peer peer(UUID id, String name) {
        return peers.computeIfAbsent(id, met -> new Peer(met, name, keys, stirred));
    }

    /** Those that are there now, with when they spoke last. All others are forgotten. */
    public void retain(Set<UUID> present) {
        boolean left = peers.keySet().retainAll(present);
        boolean changed = left || peers.size() != inOrder.size();
        for (Peer peer : peers.values()) {
            changed |= peer.takeTurn();
        }
        if (!changed) {
            return;
        }
        inOrder = List.copyOf(peers.values());
        stirred.set(0, keys.length);
    }

    /** Whether there is anything new to take counsel about. */
    public boolean isStirred() {
        return !stirred.isEmpty();
    }

    /**
     * Looks at all backends, and tells what is new of them and of this node.
     *
     * @param ready whether this node wants requests
     */
    public void look(boolean ready, long nowNanos, Publisher publisher) {
        long inFlight = 0;
        Arrays.fill(answered, 0);
        Arrays.fill(running, 0);
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            look(i, watch, nowNanos, publisher);
            Observer observer = watch.observer();
            long answers = observer.takeAnswers();
            answersCounted += first ? 0 : answers;
            inFlight += observer.inFlight();
            answered[poolOf[i]] += observer.answers();
            running[poolOf[i]] += observer.inFlight();
        }
        measureRate(nowNanos);
        first = false;
        node = new NodeReport(ready, suspicion.words() != null, (int) Math.min(Integer.MAX_VALUE, inFlight), rate);
        publisher.publish(BackendKey.NODE, node.encode());
    }

    /** Once a second: more often, the rate of a node with little to do would jump up and down, and be news each time. */
    private void measureRate(long nowNanos) {
        long elapsed = nowNanos - countedNanos;
        if (elapsed >= NANOS_PER_SECOND) {
            rate = (int) Math.min(Integer.MAX_VALUE, Math.round(answersCounted * (double) NANOS_PER_SECOND / elapsed));
            answersCounted = 0;
            countedNanos = nowNanos;
        }
    }

    /** Looks at one backend between two of these, and tells what is new of it. */
    public void look(Backend backend, long nowNanos, Publisher publisher) {
        Integer index = indices.get(backend);
        if (index == null) {
            return;
        }
        look(index, watches.get(index), nowNanos, publisher);
    }

    private void look(int index, Watch watch, long nowNanos, Publisher publisher) {
        Report before = watch.observer().report();
        if (watch.look(nowNanos) || first) {
            Report report = watch.observer().report();
            publisher.publish(watch.key(), report.encode());
            if (!report.agreesWith(before)) {
                stirred.set(index);
            }
        }
    }

    /**
     * Draws conclusions from what this node and the others have seen, also from their silence, and tells those that are new. To be
     * called about twice a second.
     */
    public void counsel(long nowNanos, long epochMillis, Consumer<Advice> news) {
        int contradicted = 0;
        int known = 0;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            counsel(i, nowNanos, epochMillis, news);
            known += watch.observer().knows(nowNanos) ? 1 : 0;
            contradicted += votes.contradict(watch.observer().seesDown(nowNanos)) ? 1 : 0;
        }
        boolean many = contradicted > 1 || contradicted == watches.size();
        suspicion.judge(many ? contradicted : 0, known, othersWell(), nowNanos);
    }

    /** In between: about those backends only of which somebody thinks otherwise since. */
    public void counselStirred(long nowNanos, long epochMillis, Consumer<Advice> news) {
        for (int i = stirred.nextSetBit(0); i >= 0; i = stirred.nextSetBit(i + 1)) {
            counsel(i, nowNanos, epochMillis, news);
        }
    }

    /** As {@link #counselStirred}, and about those on which nodes do not agree: that may be settled by time alone. */
    public void counselUnsettled(long nowNanos, long epochMillis, Consumer<Advice> news) {
        stirred.or(disputed);
        counselStirred(nowNanos, epochMillis, news);
    }

    private void counsel(int index, long nowNanos, long epochMillis, Consumer<Advice> news) {
        Advice advice = watches.get(index).counsel(index, inOrder, probers, votes, nowNanos, epochMillis);
        if (advice != null) {
            news.accept(advice);
        }
        stirred.clear(index);
        disputed.set(index, votes.anyAgainst());
    }

    /** Hands what the others have in flight to the pickers. To be called after each look at all backends. */
    public void shareLoad(long nowNanos, long epochMillis) {
        long sum = 0;
        int present = 0;
        int before = 0;
        for (Peer peer : inOrder) {
            if (peer.isPresent()) {
                sum += peer.heardNanos() - nowNanos;
                present++;
                before += peer.id().compareTo(self) < 0 ? 1 : 0;
            }
        }
        Preference preference = Preference.of(before, 1 + present, epochMillis);
        for (int i = 0; i < loads.size(); i++) {
            SharedLoad load = loads.get(i);
            if (present == 0) {
                load.alone();
            } else {
                SharedLoad.Own own = new SharedLoad.Own(answered[i], running[i]);
                load.hear(reported.get(i), own, preference, nowNanos + sum / present, nowNanos);
            }
        }
    }

    /** For reports: copies everything. */
    public Census census(String name, long nowNanos) {
        List<Census.Member> others = inOrder.stream()
                .map(peer -> new Census.Member(
                        peer.id(),
                        peer.name(),
                        nowNanos - peer.heardNanos(),
                        peer.presence(),
                        peer.hasSameConfiguration(),
                        peer.node()))
                .toList();
        List<Census.Line> lines = new ArrayList<>(watches.size());
        for (int i = 0; i < watches.size(); i++) {
            lines.add(watches.get(i).line(i, inOrder, votes, nowNanos));
        }
        lines.sort(Comparator.comparing(Census.Line::pool).thenComparing(Census.Line::backend));
        return new Census(new Census.Member(self, name, 0, Presence.FRESH, true, node), others, lines);
    }

    private int othersWell() {
        int well = 0;
        for (Peer peer : inOrder) {
            well += peer.isCredible() && peer.node().ready() ? 1 : 0;
        }
        return well;
    }

    /** @return a clause that follows "this node is"; null: it does not suspect itself */
    public @Nullable String suspicion() {
        return suspicion.words();
    }
}
