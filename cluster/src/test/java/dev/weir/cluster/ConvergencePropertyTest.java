package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.Network.Host;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever the network does, ten seconds after it stops all nodes see the same, and that is what each said last. */
final class ConvergencePropertyTest {

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void allSeeTheSameOnceTheNetworkIsWell(@ForAll long seed) {
        Network network = new Network(seed);
        RandomGenerator random = network.random;
        Map<Host, Map<Long, String>> said = new HashMap<>();
        for (int i = random.nextInt(2, 6); i > 0; i--) {
            said.put(network.join("node " + i), new TreeMap<>());
        }
        for (int round = 0; round < 40; round++) {
            disturb(network);
            said.forEach((host, records) -> act(host, records, random));
            network.run(random.nextInt(1, 700));
        }
        heal(network);
        network.run(10_000);

        Map<String, String> entries = network.hosts.getFirst().entries();
        for (Host host : network.hosts) {
            assertThat(host.entries()).isEqualTo(entries);
            assertThat(host.conversation.view().nodes()).hasSize(network.hosts.size() - 1);
            for (Host other : network.hosts) {
                if (other != host) {
                    assertThat(host.sees(other).synced()).isTrue();
                    assertThat(host.sees(other).fresh()).isTrue();
                    assertThat(Bytes.map(host.sees(other).records())).isEqualTo(said.get(other));
                }
            }
        }
    }

    private static void disturb(Network network) {
        RandomGenerator random = network.random;
        network.loss = random.nextInt(3) == 0 ? random.nextDouble(0.6) : 0;
        network.doubling = random.nextInt(3) == 0 ? 0.3 : 0;
        network.maxDelayNanos = network.minDelayNanos + (random.nextInt(3) == 0 ? 400 * Network.MILLI : 0);
        for (Host host : network.hosts) {
            host.side = random.nextInt(4) == 0 ? random.nextInt(2) : host.side;
            host.stopped = random.nextInt(12) == 0;
            host.queueFull = random.nextInt(12) == 0;
            host.epochMillis += random.nextLong(-5_000, 5_000);
        }
    }

    private static void heal(Network network) {
        network.loss = 0;
        network.doubling = 0;
        network.maxDelayNanos = network.minDelayNanos;
        for (Host host : network.hosts) {
            host.side = 0;
            host.stopped = false;
            host.queueFull = false;
        }
    }

    private static void act(Host host, Map<Long, String> records, RandomGenerator random) {
        for (int i = random.nextInt(4); i > 0; i--) {
            long key = random.nextLong(-10, 10);
            if (random.nextInt(4) == 0) {
                records.remove(key);
                host.conversation.records().withdraw(key);
            } else {
                String value = "value " + random.nextInt(1_000);
                records.put(key, value);
                host.conversation.records().publish(key, Bytes.of(value));
            }
        }
        String name = "entry " + random.nextInt(5);
        switch (random.nextInt(6)) {
            case 0 -> host.conversation.write(name, Bytes.of("by " + host.identity.name()));
            case 1 -> host.conversation.remove(name);
            default -> {}
        }
    }
}
