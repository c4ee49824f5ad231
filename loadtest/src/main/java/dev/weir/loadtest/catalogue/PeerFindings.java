package dev.weir.loadtest.catalogue;

/**
 * What a peer made of a case.
 *
 * @param alone what the client got where nobody else could answer
 * @param post the same for a request that is not idempotent, with a healthy partner
 * @param get for one that is
 * @param next for an innocent one afterwards
 * @param log what the peer tells its operator
 */
record PeerFindings(String alone, String post, String get, String next, String log) {}
