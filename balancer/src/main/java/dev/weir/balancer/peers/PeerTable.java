package dev.weir.balancer.peers;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Preference;
import dev.weir.balancer.backend.SharedLoad;
import java.time.Duration;
import java.util.ArrayList;
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
    private final Reported reported = new Reported();
    private final Map<UUID, Peer> peers = new LinkedHashMap<>();
    private final Votes votes = new Votes();
    private final Suspicion suspicion;
    private final Probers probers;
    private List<Peer> inOrder = List.of();
    private long lookedNanos;
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
        this.lookedNanos = nowNanos;
        for (int i = 0; i < watches.size(); i++) {
            reported.indices.put(watches.get(i).backend(), i);
        }
    }

    /** What the present peers say of the load of backends. */
    private final class Reported implements SharedLoad.Others {
        private final Map<Backend, Integer> indices = new HashMap<>();

        @Override
        public int inFlight(Backend backend) {
            int index = Objects.requireNonNull(indices.get(backend));
            long sum = 0;
            for (Peer peer : inOrder) {
                Report report = peer.report(index);
                sum += peer.isPresent() && report != null ? report.inFlight() : 0;
            }
            return (int) Math.min(Integer.MAX_VALUE, sum);
        }

        @Override
        public double latencyMicros(Backend backend) {
            int index = Objects.requireNonNull(indices.get(backend));
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
        return peers.computeIfAbsent(id, met -> new Peer(met, name, keys));
    }

    /** Those that are there now, with when they spoke last. All others are forgotten. */
    public void retain(Set<UUID> present) {
        peers.keySet().retainAll(present);
        inOrder = List.copyOf(peers.values());
    }

    /**
     * Looks at all backends, and tells what is new of them and of this node.
     *
     * @param ready whether this node wants requests
     */
    public void look(boolean ready, long nowNanos, Publisher publisher) {
        long answers = 0;
        int inFlight = 0;
        for (Watch watch : watches) {
            if (watch.look(nowNanos) || first) {
                publisher.publish(watch.key(), watch.observer().report().encode());
            }
            answers += watch.observer().answersSinceLastLook();
            inFlight += watch.observer().report().inFlight();
        }
        long elapsed = Math.max(1, nowNanos - lookedNanos);
        int rate = first ? 0 : (int) Math.min(Integer.MAX_VALUE, answers * NANOS_PER_SECOND / elapsed);
        lookedNanos = nowNanos;
        first = false;
        node = new NodeReport(ready, suspicion.words() != null, inFlight, rate);
        publisher.publish(BackendKey.NODE, node.encode());
    }

    /** Draws conclusions from what this node and the others have seen, and tells those that are new. */
    public void counsel(long nowNanos, long epochMillis, Consumer<Advice> news) {
        int contradicted = 0;
        int known = 0;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            Advice advice = watch.counsel(i, inOrder, probers, votes, nowNanos, epochMillis);
            if (advice != null) {
                news.accept(advice);
            }
            known += watch.observer().knows(nowNanos) ? 1 : 0;
            contradicted += votes.contradict(watch.observer().seesDown(nowNanos)) ? 1 : 0;
        }
        boolean many = contradicted > 1 || contradicted == watches.size();
        suspicion.judge(many ? contradicted : 0, known, othersWell(), nowNanos);
    }

    /** Hands what the others have in flight to the pickers. To be called with each tick. */
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
        for (SharedLoad load : loads) {
            if (present == 0) {
                load.alone();
            } else {
                load.hear(reported, preference, nowNanos + sum / present, nowNanos);
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
                        peer.isPresent(),
                        peer.hasSameConfiguration(),
                        peer.node()))
                .toList();
        List<Census.Line> lines = new ArrayList<>(watches.size());
        for (int i = 0; i < watches.size(); i++) {
            lines.add(watches.get(i).line(i, inOrder, votes, nowNanos));
        }
        lines.sort(Comparator.comparing(Census.Line::pool).thenComparing(Census.Line::backend));
        return new Census(new Census.Member(self, name, 0, true, true, node), others, lines);
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
