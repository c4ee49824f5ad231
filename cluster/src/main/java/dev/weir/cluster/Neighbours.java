package dev.weir.cluster;

import dev.weir.cluster.Message.Parting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other nodes, as far as they were heard. Belongs to one thread. */
final class Neighbours {
    /** Far more than speak to each other in any sensible cluster. */
    static final int MAX_NODES = 500;

    private static final int MAX_DEPARTED = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

    private final Identity self;
    private final Counters counters;
    private final Map<UUID, Neighbour> nodes = new HashMap<>();

    /** Those that went, lest what they said before, and arrives late, brings them back. */
    private final Map<UUID, Departed> departed = new LinkedHashMap<>();

    private record Departed(long incarnation, long sequence) {}

    Neighbours(Identity self, Counters counters) {
        this.self = self;
        this.counters = counters;
    }

    /** What a message meant. */
    enum Heard {
        /** Somebody new. */
        STRANGER,
        NEWS,
        NOTHING_NEW,
        /** Not heeded; it was counted, unless it was this node's own. */
        DROPPED
    }

    /** @param listeningNanos see {@link #expire} */
    Heard hear(Message message, long nowNanos, long listeningNanos) {
        UUID id = message.sender().id();
        if (id.equals(self.id())) {
            return Heard.DROPPED;
        }
        Neighbour known = nodes.get(id);
        long incarnation = message.sender().incarnation();
        if (known != null && incarnation < known.identity().incarnation()) {
            return drop(Drop.OLD_INCARNATION);
        }
        if (known == null || incarnation > known.identity().incarnation()) {
            return meet(message, nowNanos, listeningNanos);
        }
        if (known.isStale(message)) {
            return drop(Drop.STALE);
        }
        if (known.isGap(message)) {
            counters.gaps.increment();
            known.missed(nowNanos);
        }
        return hear(known, message, nowNanos, listeningNanos);
    }

    private Heard meet(Message message, long nowNanos, long listeningNanos) {
        UUID id = message.sender().id();
        Departed before = departed.get(id);
        if (before != null && message.sender().incarnation() < before.incarnation) {
            return drop(Drop.OLD_INCARNATION);
        }
        if (before != null
                && message.sender().incarnation() == before.incarnation
                && message.sequence() <= before.sequence) {
            return drop(Drop.STALE);
        }
        if (!nodes.containsKey(id) && nodes.size() >= MAX_NODES) {
            return drop(Drop.TOO_MANY_NODES);
        }
        LOG.info("{} has joined", message.sender());
        departed.remove(id);
        Neighbour stranger = new Neighbour(message, nowNanos);
        nodes.put(id, stranger);
        return hear(stranger, message, nowNanos, listeningNanos) == Heard.DROPPED ? Heard.DROPPED : Heard.STRANGER;
    }

    private Heard hear(Neighbour from, Message message, long nowNanos, long listeningNanos) {
        return switch (from.hear(message, nowNanos, listeningNanos)) {
            case NEWS -> Heard.NEWS;
            case SAME -> Heard.NOTHING_NEW;
            case TOO_MANY -> drop(Drop.TOO_MANY_RECORDS);
        };
    }

    private Heard drop(Drop reason) {
        counters.dropped(reason);
        return Heard.DROPPED;
    }

    /**
     * Lets nodes that are silent grow stale, and forgets those whose lease is over.
     *
     * @param listeningNanos a clock that stands still while this node does not listen: nobody is gone because nobody listened
     * @return whether anything changed
     */
    boolean expire(long nowNanos, long listeningNanos) {
        boolean changed = false;
        for (Iterator<Neighbour> all = nodes.values().iterator(); all.hasNext(); ) {
            Neighbour node = all.next();
            if (node.isGone(listeningNanos)) {
                all.remove();
                depart(node);
                changed = true;
            } else {
                changed |= node.grewStale(nowNanos);
            }
        }
        return changed;
    }

    private void depart(Neighbour node) {
        boolean goodbye = node.parting() == Parting.GOODBYE;
        LOG.info("{} {}", node.identity(), goodbye ? "has left" : "has not spoken for the time of its lease: gone");
        // After a goodbye that incarnation says nothing more: all that arrives is late.
        long sequence = goodbye ? Long.MAX_VALUE : node.sequence();
        departed.put(node.identity().id(), new Departed(node.identity().incarnation(), sequence));
        if (departed.size() > MAX_DEPARTED) {
            departed.remove(departed.keySet().iterator().next());
        }
    }

    /** Those that should be asked now to tell all. */
    List<UUID> toAsk(long nowNanos) {
        List<UUID> asked = new ArrayList<>();
        for (Neighbour node : nodes.values()) {
            if (node.ask(nowNanos)) {
                asked.add(node.identity().id());
            }
        }
        return asked;
    }

    /** By id. */
    List<Node> nodes() {
        return nodes.values().stream()
                .map(Neighbour::node)
                .sorted(Comparator.comparing(node -> node.identity().id()))
                .toList();
    }
}
