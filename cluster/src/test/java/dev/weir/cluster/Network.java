package dev.weir.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A network in virtual time that loses, doubles and reorders what it carries, as much as a test wants, by a seed. */
final class Network {
    static final long MILLI = 1_000_000;

    final RandomGenerator random;
    final Pace pace;
    final List<Host> hosts = new ArrayList<>();

    /** Probabilities. */
    double loss;

    double doubling;

    long minDelayNanos = MILLI;
    long maxDelayNanos = MILLI;

    /** Sees what anybody sends. */
    Consumer<byte[]> tap = message -> {};

    /** Begins negative, as a monotonic clock may. */
    long nowNanos = -3 * 1_000_000_000L;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::order));
    private long order;

    private record Event(long nanos, long order, Runnable what) {}

    Network(long seed, Pace pace) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.pace = pace;
    }

    Network(long seed) {
        this(seed, Pace.DEFAULT);
    }

    Host join(String name) {
        return join(new Identity(new UUID(random.nextLong(), random.nextLong()), name, 1));
    }

    Host join(Identity identity) {
        Host host = new Host(identity);
        hosts.add(host);
        hosts.forEach(each -> each.conversation.membershipChanged());
        at(nowNanos + random.nextLong(pace.tick().toNanos()), host::tick);
        return host;
    }

    private void at(long nanos, Runnable what) {
        events.add(new Event(nanos, order++, what));
    }

    void run(long millis) {
        long end = nowNanos + millis * MILLI;
        for (Event next = events.peek(); next != null && next.nanos <= end; next = events.peek()) {
            events.remove();
            nowNanos = Math.max(nowNanos, next.nanos);
            next.what.run();
        }
        nowNanos = end;
    }

    /** Runs until it is true. */
    long runUntil(java.util.function.BooleanSupplier condition, long maxMillis) {
        for (long millis = 0; millis <= maxMillis; millis++) {
            if (condition.getAsBoolean()) {
                return millis;
            }
            run(1);
        }
        throw new AssertionError("not within " + maxMillis + " ms");
    }

    /** One node and its transport. */
    final class Host implements Transport {
        final Identity identity;
        final Conversation conversation;
        final Counters counters = new Counters();

        /** Only hosts on the same side hear each other. */
        int side;

        /** Stopped, as by SIGSTOP: what arrives waits. */
        boolean stopped;

        boolean gone;
        boolean queueFull;
        long epochMillis = 1_000_000;
        long bytes;
        int messages;
        final List<View> news = new ArrayList<>();

        private final List<byte[]> waiting = new ArrayList<>();

        Host(Identity identity) {
            this.identity = identity;
            this.conversation =
                    new Conversation(identity, pace, this, counters, () -> nowNanos, () -> epochMillis, random);
        }

        private void tick() {
            if (gone) {
                return;
            }
            if (!stopped) {
                conversation.tick(false);
                look();
                waiting.forEach(this::hear);
                waiting.clear();
            }
            at(nowNanos + pace.tick().toNanos(), this::tick);
        }

        private void look() {
            View view = conversation.look();
            if (view != null) {
                news.add(view);
            }
        }

        void hear(byte[] message) {
            if (gone) {
                return;
            }
            if (stopped) {
                waiting.add(message);
                return;
            }
            conversation.hear(message);
            look();
        }

        /** Without a word. */
        void crash() {
            gone = true;
            hosts.remove(this);
        }

        void leave() {
            conversation.goodbye();
            crash();
        }

        @Override
        public boolean send(byte[] message) {
            if (queueFull) {
                return false;
            }
            bytes += message.length;
            messages++;
            tap.accept(message);
            for (Host other : hosts) {
                if (other != this && other.side == side) {
                    carry(message, other);
                }
            }
            return true;
        }

        private void carry(byte[] message, Host to) {
            if (random.nextDouble() >= loss) {
                at(nowNanos + delay(), () -> to.hear(message));
            }
            if (random.nextDouble() < doubling) {
                at(nowNanos + delay(), () -> to.hear(message));
            }
        }

        private long delay() {
            return minDelayNanos == maxDelayNanos ? minDelayNanos : random.nextLong(minDelayNanos, maxDelayNanos);
        }

        Node sees(Host other) {
            return conversation.view().node(other.identity.id());
        }

        Map<String, String> entries() {
            Map<String, String> entries = new HashMap<>();
            conversation.view().entries().forEach((name, entry) -> entries.put(name, Bytes.text(entry.value())));
            return entries;
        }

        ClusterStats stats() {
            return conversation.stats();
        }

        @Override
        public void start(Receiver receiver) {
            throw new UnsupportedOperationException("driven by the network");
        }

        @Override
        public int peers() {
            return hosts.size() - 1;
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public String link() {
            return "fake";
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("driven by the network");
        }
    }
}
