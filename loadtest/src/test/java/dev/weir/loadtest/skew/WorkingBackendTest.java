package dev.weir.loadtest.skew;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Real requests, without a balancer in between. */
class WorkingBackendTest {
    private static final long MILLI = 1_000_000;

    @Test
    void itWorksOnSoManyAtATimeAndCountsThoseThatWaitToo() {
        Journal journal = new Journal(1);
        try (WorkingBackend backend = WorkingBackend.start(0, 2, 1, journal);
                Clients clients = new Clients()) {
            List<Order> four = List.of(
                    new Order(0, 0, 50_000), new Order(0, 0, 50_000), new Order(0, 0, 50_000), new Order(0, 0, 50_000));
            Clients.Seen seen = clients.play(four, node -> backend.port(), System.nanoTime(), 0);
            assertThat(seen.failures()).isEmpty();
            assertThat(seen.micros().getTotalCount()).isEqualTo(4);
            assertThat(seen.micros().getMaxValue()).isGreaterThanOrEqualTo(99_000);
            assertThat(journal.changes()).hasSize(8).last().matches(change -> change.inFlight() == 0);
            long lasted = journal.changes().getLast().nanos()
                    - journal.changes().getFirst().nanos();
            assertThat(lasted).isGreaterThanOrEqualTo(99 * MILLI);
        }
    }

    @Test
    void aSlowOneTakesLonger() {
        Journal journal = new Journal(1);
        try (WorkingBackend backend = WorkingBackend.start(0, 1, 3, journal);
                Clients clients = new Clients()) {
            Clients.Seen seen =
                    clients.play(List.of(new Order(0, 0, 20_000)), node -> backend.port(), System.nanoTime(), 0);
            assertThat(seen.micros().getMinValue()).isGreaterThanOrEqualTo(59_000);
        }
    }

    @Test
    void failuresAreCountedAndNotTakenForAnswers() {
        int closed;
        try (WorkingBackend backend = WorkingBackend.start(0, 1, 1, new Journal(1))) {
            closed = backend.port();
        }
        try (Clients clients = new Clients()) {
            Clients.Seen seen = clients.play(List.of(new Order(0, 0, 1)), node -> closed, System.nanoTime(), 0);
            assertThat(seen.failures().values()).containsExactly(1);
            assertThat(seen.micros().getTotalCount()).isZero();
        }
    }

    @Test
    void requestsOfTheWarmUpDoNotCount() {
        try (WorkingBackend backend = WorkingBackend.start(0, 2, 1, new Journal(1));
                Clients clients = new Clients()) {
            List<Order> orders = List.of(new Order(0, 0, 1_000), new Order(20 * MILLI, 0, 1_000));
            Clients.Seen seen = clients.play(orders, node -> backend.port(), System.nanoTime(), 10 * MILLI);
            assertThat(seen.failures()).isEmpty();
            assertThat(seen.micros().getTotalCount()).isEqualTo(1);
        }
    }
}
