package dev.weir.loadtest.propagation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.loadtest.propagation.Delays.Delay;
import dev.weir.loadtest.propagation.Event.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DelaysTest {
    private static final long MILLI = 1_000_000;

    private static Event event(Kind kind, long millis, int about, long value) {
        return new Event(kind, millis * MILLI, about, value);
    }

    private static Delays delays(List<List<Event>> journals) {
        return new Delays(journals, 100 * MILLI, 200 * MILLI);
    }

    @Test
    void aChangeIsFollowedToEachOtherNode() {
        Delay delay = delays(List.of(
                        List.of(event(Kind.CHANGED, 110, 7, 1), event(Kind.SEEN, 111, 7, 1)),
                        List.of(event(Kind.SEEN, 90, 7, 1), event(Kind.SEEN, 120, 7, 1), event(Kind.SEEN, 125, 7, 1)),
                        List.of(event(Kind.SEEN, 105, 7, 2), event(Kind.SEEN, 112, 8, 1), event(Kind.SEEN, 140, 7, 1))))
                .of(Kind.CHANGED, Kind.SEEN);

        assertThat(delay.count()).isEqualTo(2);
        assertThat(delay.lostCount()).isZero();
        assertThat(delay.millis(0)).isCloseTo(10, within(0.02));
        assertThat(delay.millis(100)).isCloseTo(30, within(0.05));
    }

    @Test
    void whatIsOvertakenArrivesWithWhatOvertookIt() {
        Delay delay = delays(List.of(
                        List.of(
                                event(Kind.CHANGED, 110, 7, 1),
                                event(Kind.CHANGED, 120, 7, 2),
                                event(Kind.CHANGED, 150, 7, 1)),
                        List.of(event(Kind.SEEN, 140, 7, 2), event(Kind.SEEN, 151, 7, 1))))
                .of(Kind.CHANGED, Kind.SEEN);

        assertThat(delay.count()).isEqualTo(3);
        assertThat(delay.millis(100)).isCloseTo(30, within(0.05));
        assertThat(delay.millis(50)).isCloseTo(20, within(0.05));
        assertThat(delay.millis(0)).isCloseTo(1, within(0.01));
    }

    @Test
    void whatNeverArrivesIsCounted() {
        Delay delay = delays(List.of(
                        List.of(event(Kind.TURNED, 110, 7, 0), event(Kind.TURNED, 160, 8, 0)),
                        List.of(event(Kind.ADVISED, 109, 7, 0), event(Kind.ADVISED, 170, 8, 0))))
                .of(Kind.TURNED, Kind.ADVISED);

        assertThat(delay.count()).isEqualTo(1);
        assertThat(delay.lostCount()).isEqualTo(1);
    }

    @Test
    void whatHappenedBeforeOrAfterIsNotConsidered() {
        Delays delays = delays(List.of(
                List.of(
                        event(Kind.TURNED, 99, 1, 0),
                        event(Kind.TURNED, 200, 2, 0),
                        event(Kind.TICKED, 99, 0, 8),
                        event(Kind.TICKED, 199, 0, 9)),
                List.of(
                        event(Kind.ADVISED, 101, 1, 0),
                        event(Kind.ADVISED, 203, 2, 0),
                        event(Kind.TICK_HEARD, 203, 0, 9))));

        assertThat(delays.of(Kind.TURNED, Kind.ADVISED).count()).isZero();
        Delay ticks = delays.of(Kind.TICKED, Kind.TICK_HEARD);
        assertThat(ticks.count()).isEqualTo(1);
        assertThat(ticks.millis(50)).isCloseTo(4, within(0.01));
    }

    @Test
    void countersGiveARate() {
        List<Event> journal = List.of(
                event(Kind.MESSAGES, 50, 0, 3),
                event(Kind.MESSAGES, 100, 0, 10),
                event(Kind.BYTES, 100, 0, 1_000),
                event(Kind.MESSAGES, 150, 0, 11),
                event(Kind.MESSAGES, 199, 0, 13));

        assertThat(Delays.perSecond(journal, Kind.MESSAGES, 100 * MILLI, 200 * MILLI))
                .isCloseTo(3 / 0.099, within(1e-6));
        assertThat(Delays.perSecond(journal, Kind.BYTES, 100 * MILLI, 200 * MILLI))
                .isZero();
    }

    @Test
    void aJournalIsReadAsItWasWritten(@TempDir Path directory) {
        List<Event> events = List.of(event(Kind.BORN, -5, 2, 0), event(Kind.TICK_HEARD, 7, 0, Long.MIN_VALUE));

        Event.write(events, directory.resolve("journal"));

        assertThat(Event.read(directory.resolve("journal"))).isEqualTo(events);
    }
}
