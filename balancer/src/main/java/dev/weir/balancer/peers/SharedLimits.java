package dev.weir.balancer.peers;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's parts of the limits that all nodes have together: as {@link FairShares} divides them among those that are heard, and
 * taken as {@link Holding} says. The others hear of it by a {@link Claim} for each backend.
 *
 * <ul>
 *   <li>Whatever its part, a node may have one request under way at each backend: where nothing is left for it, it exceeds the limit by
 *       that one until the others have heard of it and given it back. So no node starves, and who has nothing to do leaves
 *       everything to the others.
 *   <li>What a node that fell silent had is left to it until its lease is over, and then divided among those that are heard. While
 *       the network is parted each part of it has the whole limit.
 *   <li>A node that starts has what would be even among those that are configured, until it hears of others; or the whole, if
 *       it hears of nobody for the time of a lease.
 * </ul>
 *
 * Confined to one thread, which is none of the event loops.
 */
public final class SharedLimits {
    private static final Logger LOG = LoggerFactory.getLogger(SharedLimits.class);

    /** Whoever is there is heard within this time, as a rule. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final List<Limited> limited = new ArrayList<>();
    private final Map<UUID, Member> members = new TreeMap<>();
    private final UUID self;
    private final Set<BackendPool> warned = new HashSet<>();
    private final FairShares shares = new FairShares();
    private final long startNanos;
    private boolean metAnybody;
    private boolean first = true;

    /** Null stands for this node. All nodes have the same order. */
    private List<@Nullable Member> inOrder;

    /** Another node. */
    private static final class Member {
        private final byte[] @Nullable [] heard;
        private final @Nullable Claim[] claims;
        private boolean speaks;
        private boolean known;

        private Member(int backends) {
            heard = new byte[backends][];
            claims = new Claim[backends];
        }
    }

    /** One backend with such a limit. */
    private static final class Limited {
        private final BackendPool pool;
        private final Backend backend;
        private final long key;
        private final Need need;
        private final Holding holding;
        private Claim told = Claim.NONE;

        private Limited(BackendPool pool, Backend backend, int expected, long nowNanos) {
            this.pool = pool;
            this.backend = backend;
            this.key = BackendKey.ofLimit(pool.name(), backend.id());
            this.need = new Need(backend.stats(), backend.limit().own(), nowNanos);
            this.holding = new Holding(Math.max(1, backend.limit().whole() / expected));
        }
    }

    /**
     * @param pools those of their backends take part that have such a limit
     * @param expected how many nodes there may be, this one included
     * @param nowNanos all further times are of the same clock
     */
    public SharedLimits(UUID self, int expected, List<BackendPool> pools, long nowNanos) {
        this.self = self;
        this.startNanos = nowNanos;
        for (BackendPool pool : pools) {
            for (Backend backend : pool.backends()) {
                if (backend.limit().whole() > 0) {
                    limited.add(new Limited(pool, backend, Math.max(2, expected), nowNanos));
                }
            }
        }
        limited.forEach(each -> each.backend.limit().share(Math.max(1, each.holding.has())));
        this.inOrder = inOrder();
    }

    /**
     * What another node says.
     *
     * @param speaks whether it has just spoken; false: it fell silent
     * @param known whether all is known that it says
     * @param records what it says, by key; null: nothing
     */
    public void hear(UUID id, boolean speaks, boolean known, LongFunction<byte @Nullable []> records) {
        Member member = members.computeIfAbsent(id, met -> new Member(limited.size()));
        member.speaks = speaks;
        member.known = known;
        for (int i = 0; i < limited.size(); i++) {
            byte[] value = records.apply(limited.get(i).key);
            if (!Arrays.equals(value, member.heard[i])) {
                member.heard[i] = value;
                member.claims[i] = value == null ? null : Claim.decode(value);
            }
        }
    }

    /** Those that there are now. All others are forgotten. */
    public void retain(Set<UUID> present) {
        members.keySet().retainAll(present);
        metAnybody |= !members.isEmpty();
        inOrder = inOrder();
    }

    private List<@Nullable Member> inOrder() {
        Map<UUID, @Nullable Member> all = new TreeMap<>(members);
        all.put(self, null);
        return new ArrayList<>(all.values());
    }

    /**
     * Looks at what this node needs, and settles. To be called several times a second.
     *
     * @param grew told of pools whose requests may have to wait no longer
     */
    public void look(long nowNanos, PeerTable.Publisher publisher, Consumer<BackendPool> grew) {
        limited.forEach(each -> each.need.look(nowNanos));
        settle(nowNanos, publisher, grew);
    }

    /** Draws the conclusions from what is known now, and tells the others what is new. */
    public void settle(long nowNanos, PeerTable.Publisher publisher, Consumer<BackendPool> grew) {
        boolean starting = !metAnybody && nowNanos - startNanos < PATIENCE_NANOS;
        for (int i = 0; i < limited.size(); i++) {
            Limited each = limited.get(i);
            if (!starting) {
                settle(i, each, nowNanos);
                apply(each, grew);
            }
            tell(each, publisher);
        }
        first = false;
    }

    private void settle(int index, Limited each, long nowNanos) {
        int whole = each.backend.limit().whole();
        long left = whole;
        int own = 0;
        shares.clear();
        for (Member member : inOrder) {
            if (member == null) {
                own = shares.nodes();
                shares.add(each.need.most());
                continue;
            }
            Claim claim = member.claims[index];
            if (claim != null) {
                left -= claim.held();
            } else if (!member.known) {
                left -= whole; // it may turn out to have as much
            }
            if (claim != null && member.speaks) {
                shares.add(claim.need());
            }
        }
        shares.divide(whole, each.key);
        each.holding.settle(shares.part(own), left, nowNanos);
        warn(each, whole);
    }

    /** Once for each pool: it is so for all of its backends, and for as long as the configuration stays. */
    private void warn(Limited each, int whole) {
        if (shares.nodes() > whole && warned.add(each.pool)) {
            LOG.warn(
                    "pool {}: connections.max-requests is {}, but {} nodes are alive, each of which may have one request in"
                            + " flight at a backend all the same",
                    each.pool.name(),
                    whole,
                    shares.nodes());
        }
    }

    private static void apply(Limited each, Consumer<BackendPool> grew) {
        int before = each.backend.limit().share();
        int now = Math.max(1, each.holding.has());
        if (now != before) {
            each.backend.limit().share(now);
        }
        if (now > before) {
            grew.accept(each.pool);
        }
    }

    /** After the limit was lowered: what began before that is counted. */
    private void tell(Limited each, PeerTable.Publisher publisher) {
        int need = each.need.most();
        int held = Math.max(each.holding.asked(), each.backend.stats().inFlight());
        if (first || need != each.told.need() || held != each.told.held()) {
            each.told = new Claim(need, held);
            publisher.publish(each.key, each.told.encode());
        }
    }
}
