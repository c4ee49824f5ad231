package dev.weir.loadtest.keepalive;

/**
 * What came of one proxy.
 *
 * @param closings connections that its backends closed for having been idle
 * @param masked races that no client saw; -1: the proxy does not tell
 */
record Result(String proxy, String version, Tally tally, long closings, long masked) {}
