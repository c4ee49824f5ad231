package dev.weir.loadtest.simulation;

/**
 * A request at a backend.
 *
 * @param node that sent it
 */
record Request(Node node, long begunNanos) {}
