package dev.weir.loadtest.catalogue;

import java.util.List;

/**
 * Backends behind one host name of a proxy.
 *
 * @param name of the pool, and the host that clients ask for
 * @param options further lines of Weir's configuration, in flow style: {@code strategy: round-robin}
 */
record Pool(String name, List<Member> members, List<String> options) {
    /** The culprit only. */
    static final String ALONE = "-alone";
    /** The culprit, and a healthy partner. */
    static final String MASKED = "-masked";
}
