package dev.weir.loadtest.propagation;

import dev.weir.loadtest.propagation.Delays.Delay;
import java.util.Map;

/**
 * What came out.
 *
 * @param tick from the beginning of the tick that tells it to the listeners of the other nodes
 * @param load from a change of requests in flight to the same
 * @param verdict from a verdict that turns to where the other nodes act upon it
 * @param cpu of one core, mean of the nodes: all of the process but the thread that makes up the traffic
 * @param cpuMost of the node that took most
 * @param threads of one core, mean of the nodes, by the thread's name
 * @param messages that a node sends in a second; each goes to every other node
 * @param bytes of these, in a second
 * @param others of one core: all other processes of the machine
 */
record Result(
        Scenario scenario,
        Delay tick,
        Delay load,
        Delay verdict,
        double cpu,
        double cpuMost,
        Map<String, Double> threads,
        double messages,
        double bytes,
        double others) {}
