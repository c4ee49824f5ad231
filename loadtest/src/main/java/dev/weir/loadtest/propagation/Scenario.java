package dev.weir.loadtest.propagation;

import java.time.Duration;
import java.util.List;

/**
 * What is measured once.
 *
 * @param nodes processes
 * @param backends that each node has, the same for all; 0: the nodes are idle, and have nothing to tell but that they live
 * @param share of the backends whose requests in flight and latency change on each node every 100 ms; 0 to 1
 * @param turns verdicts that turn on each node in a second
 * @param warmUp from when all nodes know each other
 * @param time to measure
 * @param seed of what happens when
 */
record Scenario(int nodes, int backends, double share, double turns, Duration warmUp, Duration time, long seed) {
    /** Backends of each node that change one by one, so that each change can be followed to the others. */
    static final int FOLLOWED = 10;

    /** Changes of these in a second, all together: none follows the one before on the same backend within less than two ticks. */
    static final double FOLLOWED_PER_SECOND = 20;

    /** The least with which each node has a backend of its own whose verdict turns, besides those that are followed. */
    static int minBackends(int nodes) {
        return nodes * (FOLLOWED + 1);
    }

    /** What a node's process makes when it knows all others. */
    static String readyFile(int node) {
        return "node-" + node + ".ready";
    }

    /** What happened in a node's process, once it has ended. */
    static String journalFile(int node) {
        return "node-" + node + ".journal";
    }

    boolean isIdle() {
        return backends == 0;
    }

    /** For the command line of a node's process. */
    List<String> arguments() {
        return List.of(
                Integer.toString(nodes),
                Integer.toString(backends),
                Double.toString(share),
                Double.toString(turns),
                Long.toString(warmUp.toSeconds()),
                Long.toString(time.toSeconds()),
                Long.toString(seed));
    }

    static Scenario of(List<String> arguments) {
        return new Scenario(
                Integer.parseInt(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                Double.parseDouble(arguments.get(2)),
                Double.parseDouble(arguments.get(3)),
                Duration.ofSeconds(Long.parseLong(arguments.get(4))),
                Duration.ofSeconds(Long.parseLong(arguments.get(5))),
                Long.parseLong(arguments.get(6)));
    }
}
