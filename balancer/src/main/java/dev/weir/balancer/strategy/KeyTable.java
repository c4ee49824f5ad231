package dev.weir.balancer.strategy;

/** Maps hashes of keys to backends, so that few keys move when a backend comes or goes. Immutable. */
interface KeyTable {
    /** How many positions there are, one after the other in a circle. */
    int size();

    /** @return where a key's search begins, 0 to less than the size */
    int position(long hash);

    /** @return the index of the backend at a position */
    int backend(int position);
}
