package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class RouteLookupTest {
    private static final List<String> WITHOUT_A_NETWORK = List.of("unshare", "--map-root-user", "--net");

    /** A program that asks for a way. */
    static final class Asking {
        private Asking() {}

        /** @param args an address */
        public static void main(String[] args) {
            System.out.println(RouteLookup.findsNone(new InetSocketAddress(args[0], 80)));
        }
    }

    @Test
    void thereIsAWayToOneself() throws IOException {
        InetAddress self = InetAddress.getLoopbackAddress();
        assertThat(RouteLookup.source(new InetSocketAddress(self, 9))).isEqualTo(self);
        assertThat(RouteLookup.findsNone(new InetSocketAddress(self, 9))).isFalse();
    }

    @Test
    void aHostWithoutRoutesFindsNone() throws Exception {
        assumeThat(run(WITHOUT_A_NETWORK, "true"))
                .as("network namespaces can be made")
                .isEmpty();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String said = run(
                WITHOUT_A_NETWORK,
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Asking.class.getName(),
                "192.0.2.1");
        assertThat(said.lines().toList()).last().isEqualTo("true");
    }

    /** What it says, complaints included. */
    private static String run(List<String> prefix, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
