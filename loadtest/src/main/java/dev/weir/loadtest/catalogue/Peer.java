package dev.weir.loadtest.catalogue;

import java.net.InetSocketAddress;

/** Another proxy before the same kinds of backends. */
interface Peer {
    /** As in the report. */
    String name();

    InetSocketAddress traffic();

    /** Whether it is up. */
    boolean isReady();

    /** What it wrote for its operator of a pool's requests; empty: nothing. */
    String logOf(String pool);
}
