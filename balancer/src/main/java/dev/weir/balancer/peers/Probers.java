package dev.weir.balancer.peers;

import java.util.List;
import java.util.UUID;

/**
 * Who checks which backend, by rendezvous hashing (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates",
 * 1998): each node scores each backend, and of those that know it the few with the highest scores check it. All nodes come to the
 * same result without a word, and a node that leaves moves only its own backends. Immutable.
 */
final class Probers {
    private final int wanted;
    private final long self;

    /** @param wanted how many nodes check each backend */
    Probers(int wanted, UUID self) {
        this.wanted = wanted;
        this.self = voice(self);
    }

    /** What makes up a node's scores. */
    static long voice(UUID node) {
        return mixed(node.getMostSignificantBits() ^ mixed(node.getLeastSignificantBits()));
    }

    /**
     * Whether this node is one of those that check a backend.
     *
     * @param index of the backend at the peers
     */
    boolean includeSelf(long backend, int index, List<Peer> peers) {
        return better(mixed(backend ^ self), backend, index, peers) < wanted;
    }

    /** How many of the other nodes that check a backend found it down. */
    int foundDown(long backend, int index, List<Peer> peers) {
        long own = mixed(backend ^ self);
        int down = 0;
        for (Peer peer : peers) {
            Report report = peer.report(index);
            if (report == null || report.check() != Report.Check.DOWN || !peer.isCredible()) {
                continue;
            }
            long score = mixed(backend ^ peer.voice());
            down += better(score, backend, index, peers) + (own > score ? 1 : 0) < wanted ? 1 : 0;
        }
        return down;
    }

    private static int better(long score, long backend, int index, List<Peer> peers) {
        int better = 0;
        for (Peer peer : peers) {
            boolean mayCheck = peer.isCredible() && peer.report(index) != null;
            better += mayCheck && mixed(backend ^ peer.voice()) > score ? 1 : 0;
        }
        return better;
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): each bit depends on all. */
    private static long mixed(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
