package dev.weir.loadtest.faults;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link FaultServer} does what its fault says.
 *
 * @param host address of this machine to listen on, as a literal; faults that are about addresses have their own
 * @param port 0 takes a free one
 * @param mode when the fault shows
 * @param pace the times that faults take
 * @param maxConnections open ones; more wait in the accept queue
 * @param nanoClock as {@link System#nanoTime}: how old a server is that starts cold
 * @param resolver answers for the names of all faults; null: a fault about names gets one of its own
 */
public record Settings(
        String host,
        int port,
        Mode mode,
        Pace pace,
        int maxConnections,
        LongSupplier nanoClock,
        @Nullable FakeResolver resolver) {

    public static final Settings DEFAULT =
            new Settings("127.0.0.1", 0, Mode.ALWAYS, Pace.DEFAULT, 1024, System::nanoTime, null);

    public Settings withHost(String newHost) {
        return new Settings(newHost, port, mode, pace, maxConnections, nanoClock, resolver);
    }

    public Settings withPort(int newPort) {
        return new Settings(host, newPort, mode, pace, maxConnections, nanoClock, resolver);
    }

    public Settings withMode(Mode newMode) {
        return new Settings(host, port, newMode, pace, maxConnections, nanoClock, resolver);
    }

    public Settings withPace(Pace newPace) {
        return new Settings(host, port, mode, newPace, maxConnections, nanoClock, resolver);
    }

    public Settings withMaxConnections(int newMaxConnections) {
        return new Settings(host, port, mode, pace, newMaxConnections, nanoClock, resolver);
    }

    public Settings withNanoClock(LongSupplier newNanoClock) {
        return new Settings(host, port, mode, pace, maxConnections, newNanoClock, resolver);
    }

    public Settings withResolver(FakeResolver newResolver) {
        return new Settings(host, port, mode, pace, maxConnections, nanoClock, newResolver);
    }

    /**
     * The times that faults take.
     *
     * @param drip between one byte and the next
     * @param pause before bytes that nobody asked for
     * @param slow before an answer that is late, but comes
     * @param idle until an unused connection is closed, where that is the fault
     * @param cold age at which a server that starts cold is warm
     * @param hold the longest that a connection is held without a word
     */
    public record Pace(Duration drip, Duration pause, Duration slow, Duration idle, Duration cold, Duration hold) {
        public static final Pace DEFAULT = new Pace(
                Duration.ofMillis(200),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10));

        public Pace withDrip(Duration newDrip) {
            return new Pace(newDrip, pause, slow, idle, cold, hold);
        }

        public Pace withPause(Duration newPause) {
            return new Pace(drip, newPause, slow, idle, cold, hold);
        }

        public Pace withSlow(Duration newSlow) {
            return new Pace(drip, pause, newSlow, idle, cold, hold);
        }

        public Pace withIdle(Duration newIdle) {
            return new Pace(drip, pause, slow, newIdle, cold, hold);
        }

        public Pace withCold(Duration newCold) {
            return new Pace(drip, pause, slow, idle, newCold, hold);
        }

        public Pace withHold(Duration newHold) {
            return new Pace(drip, pause, slow, idle, cold, newHold);
        }
    }
}
