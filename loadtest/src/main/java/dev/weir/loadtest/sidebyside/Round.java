package dev.weir.loadtest.sidebyside;

/**
 * What one proxy needed in one stretch of load.
 *
 * @param requests answered with a 2xx status, as the load generator counted them
 * @param seconds wall time of the load
 * @param cpuSeconds user and system time of all the proxy's processes and threads, JIT and GC included
 * @param coreShare share (0 to 1) of its core that the proxy used; well under 1 means that the load side was the limit
 * @param othersShare share (0 to 1) of that core that went elsewhere: other processes, the hypervisor
 * @param upstreamConnections connections that the backends accepted in this time, from whomever
 * @param p50Millis median latency, milliseconds
 * @param p99Millis 99th percentile of the latency, milliseconds
 */
record Round(
        long requests,
        double seconds,
        double cpuSeconds,
        double coreShare,
        double othersShare,
        long upstreamConnections,
        double p50Millis,
        double p99Millis) {

    double cpuMicrosPerRequest() {
        return cpuSeconds * 1e6 / requests;
    }

    double requestsPerSecond() {
        return requests / seconds;
    }
}
