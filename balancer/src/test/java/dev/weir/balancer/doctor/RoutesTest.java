package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Addresses that cannot be reached, in a network namespace of the test's own: needs root, and Linux. */
final class RoutesTest {
    /** Nobody has the neighbour's hardware address: what is sent there is dropped, as by a firewall. */
    private static final String SETUP = """
            ip link set lo up &&
            ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up &&
            ip addr add 10.66.0.1/24 dev v0 && ip neigh add 10.66.0.2 lladdr 02:00:00:00:00:02 dev v0 nud permanent &&
            ip route add unreachable 10.67.0.1 &&
            ip route add prohibit 10.68.0.1 &&
            ip route add blackhole 10.69.0.1 &&
            exec "$@"
            """;

    private static boolean namespacesAreAllowed() throws IOException, InterruptedException {
        try {
            return new ProcessBuilder("unshare", "-n", "ip", "link", "add", "v0", "type", "veth")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no such tool
        }
    }

    private static List<String> inNamespace(String... hosts) throws IOException, InterruptedException {
        Stream<String> start = Stream.of(
                "unshare",
                "-n",
                "sh",
                "-c",
                SETUP,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RoutesTest.class.getName());
        Process process = new ProcessBuilder(
                        Stream.concat(start, Stream.of(hosts)).toList())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output.lines().filter(line -> line.startsWith("10.")).toList();
    }

    /** What runs in the namespace: examines each host, and prints what there is to complain of. */
    public static void main(String[] hosts) {
        for (String host : hosts) {
            Report report = Examine.url("http://" + host + ":8080")
                    .timeout(Duration.ofMillis(500))
                    .report();
            System.out.println(host + " " + Examine.complaints(report));
        }
    }

    @Test
    void whatIsDroppedRejectedForbiddenOrWithoutARouteIsToldApart() throws Exception {
        assumeTrue(namespacesAreAllowed(), "needs root, `unshare` and `ip` to make a network namespace");
        assertThat(inNamespace("10.66.0.2", "10.67.0.1", "10.68.0.1", "10.69.0.1", "10.70.0.1", "10.66.0.1"))
                .containsExactly(
                        "10.66.0.2 [connect/no-answer]",
                        "10.67.0.1 [route/host-unreachable]",
                        "10.68.0.1 [route/forbidden]",
                        "10.69.0.1 [route/blackhole]",
                        "10.70.0.1 [route/no-route]",
                        "10.66.0.1 [connect/connection-refused]");
    }
}
