package dev.weir.cluster;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** What Jazzer calls, with {@code mvn -Pfuzz -pl cluster test}: any bytes are read or refused, and a node lives on. */
public final class WireFuzz {
    private static final AtomicLong CLOCK = new AtomicLong();
    private static final RandomGenerator RANDOM =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private static Conversation listener = listener();
    private static int heard;

    private WireFuzz() {}

    /** @param bytes of Jazzer's choice */
    public static void fuzzerTestOneInput(byte[] bytes) {
        WirePropertyTest.assertReadOrRefused(bytes);
        CLOCK.addAndGet(1_000_000);
        listener.hear(bytes);
        listener.tick(false);
        listener.look();
        if (listener.view().nodes().size() > Neighbours.MAX_NODES) {
            throw new AssertionError("remembers " + listener.view().nodes().size() + " nodes");
        }
        // What was found must not depend on a million messages before.
        if (++heard % 1_000 == 0) {
            listener = listener();
        }
    }

    private static Conversation listener() {
        return new Conversation(
                new Identity(new UUID(1, 2), "listener", 1),
                Pace.DEFAULT,
                new NoTransport(),
                new Counters(),
                CLOCK::get,
                () -> 1_000,
                RANDOM);
    }

    /** Sends everything to nobody. */
    private static final class NoTransport implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public boolean send(byte[] message) {
            return true;
        }

        @Override
        public int peers() {
            return 1;
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public String link() {
            return "fuzz";
        }

        @Override
        public void close() {}
    }
}
