package dev.weir.balancer.peers;

import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;

/**
 * Who checks which backend, by rendezvous hashing (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates",
 * 1998): each node scores each backend, and the few with the highest scores check it. All nodes come to the same result
 * without a word, and a node that leaves moves only its own backends. Immutable.
 */
final class Probers {
    private final int wanted;
    private final long self;
    private final long[] others;

    /**
     * @param wanted how many nodes check each backend
     * @param others that can be counted on
     */
    Probers(int wanted, UUID self, Collection<UUID> others) {
        this.wanted = wanted;
        this.self = hash(self);
        this.others = others.stream().mapToLong(Probers::hash).sorted().toArray();
    }

    private static long hash(UUID id) {
        return mixed(id.getMostSignificantBits() ^ mixed(id.getLeastSignificantBits()));
    }

    /** Whether this node is one of those that check a backend. */
    boolean includeSelf(long backend) {
        long own = mixed(backend ^ self);
        int better = 0;
        for (long other : others) {
            if (mixed(backend ^ other) > own && ++better >= wanted) {
                return false;
            }
        }
        return true;
    }

    /** Whether the same nodes would be chosen for everything. */
    boolean sameAs(Probers other) {
        return wanted == other.wanted && self == other.self && Arrays.equals(others, other.others);
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): each bit depends on all. */
    private static long mixed(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
