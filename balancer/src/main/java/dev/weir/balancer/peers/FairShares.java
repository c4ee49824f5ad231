package dev.weir.balancer.peers;

import java.util.Arrays;

/**
 * Divides a limit among nodes: an even part for each, and of what some do not need, as much as others lack, by max-min fairness
 * (Bertsekas and Gallager, "Data Networks", 1992). All parts together are the limit. What cannot be divided goes one by one to
 * the nodes in turn. Nodes that know the same figures come to the same parts; whoever needs more, and a larger limit, never makes
 * a part smaller.
 *
 * <p>Parts are even as long as nobody lacks anything, so that they do not change with each request.
 *
 * <p>Reused from backend to backend: allocates only when there are more nodes than ever before. Not thread-safe.
 */
final class FairShares {
    private int nodes;
    private int[] needs = new int[8];
    private int[] even = new int[8];
    private int[] gaps = new int[8];
    private int[] filled = new int[8];
    private int[] parts = new int[8];

    void clear() {
        nodes = 0;
    }

    /**
     * The next node.
     *
     * @param need 0 or more
     */
    void add(int need) {
        if (nodes == needs.length) {
            needs = Arrays.copyOf(needs, 2 * nodes);
            even = new int[2 * nodes];
            gaps = new int[2 * nodes];
            filled = new int[2 * nodes];
            parts = new int[2 * nodes];
        }
        needs[nodes++] = need;
    }

    int nodes() {
        return nodes;
    }

    /**
     * @param turn which node comes first where something cannot be divided: any number, so that it is not always the same
     */
    void divide(int limit, long turn) {
        if (nodes == 0) {
            return;
        }
        int first = Math.floorMod(turn, nodes);
        long lacking = 0;
        long spare = 0;
        for (int rank = 0; rank < nodes; rank++) {
            int node = node(first, rank);
            even[node] = limit / nodes + (rank < limit % nodes ? 1 : 0);
            lacking += Math.max(0, needs[node] - even[node]);
            spare += Math.max(0, even[node] - needs[node]);
        }
        long moved = Math.min(lacking, spare);
        for (int node = 0; node < nodes; node++) {
            gaps[node] = Math.max(0, needs[node] - even[node]);
        }
        fill(moved, first);
        for (int node = 0; node < nodes; node++) {
            parts[node] = Math.min(needs[node], even[node]) + filled[node];
            gaps[node] = Math.max(0, even[node] - needs[node]);
        }
        fill(spare - moved, first);
        for (int node = 0; node < nodes; node++) {
            parts[node] += filled[node];
        }
    }

    private int node(int first, int rank) {
        return (first + rank) % nodes;
    }

    /** Spreads an amount over the gaps as evenly as they allow; it is no more than they are together. */
    private void fill(long amount, int first) {
        int level = level(amount);
        long rest = amount - below(level);
        for (int rank = 0; rank < nodes; rank++) {
            int node = node(first, rank);
            filled[node] = Math.min(gaps[node], level);
            if (gaps[node] > level && rest > 0) {
                filled[node]++;
                rest--;
            }
        }
    }

    /** The highest level up to which all gaps can be filled. */
    private int level(long amount) {
        int low = 0;
        int high = 0;
        for (int node = 0; node < nodes; node++) {
            high = Math.max(high, gaps[node]);
        }
        while (low < high) {
            int middle = low + (high - low + 1) / 2;
            if (below(middle) <= amount) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long below(int level) {
        long sum = 0;
        for (int node = 0; node < nodes; node++) {
            sum += Math.min(gaps[node], level);
        }
        return sum;
    }

    /** @param node in the order of {@link #add} */
    int part(int node) {
        return parts[node];
    }
}
