package dev.weir.balancer.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PausesTest {
    private final List<Pauses.Report> reports = new ArrayList<>();
    private long now;
    private long collectedMillis;
    private final Pauses pauses = new Pauses(3, () -> collectedMillis, () -> now, reports::add);

    @Test
    void whatAllLoopsNoticedIsOneLineAboutTheNode() {
        paused("event loop 0", 3_100, 200);
        paused("event loop 1", 3_080, 14);
        paused("control context", 3_050, 0);
        pauses.tick();
        assertThat(reports).as("others may have noticed it, too").isEmpty();
        now += Pauses.GATHER_NANOS;
        pauses.tick();
        pauses.tick();
        assertThat(reports).hasSize(1);
        assertThat(reports.getFirst().time()).hasMillis(3_100);
        assertThat(reports.getFirst().words())
                .isEqualTo(
                        "this node stood still for 3.1 s (not by garbage collection: was the process or its host stopped,"
                                + " or short of CPU?); 214 deadlines passed in that time and were extended, and no backend is"
                                + " blamed for it");
    }

    @Test
    void aLoopThatWasBlockedAloneIsNamed() {
        paused("event loop 1", 700, 2);
        now += Pauses.GATHER_NANOS;
        pauses.tick();
        assertThat(reports.getFirst().words())
                .startsWith(
                        "of this node event loop 1 stood still for 0.7 s (blocked by a task, or short of CPU); 2 deadlines");
    }

    @Test
    void garbageCollectionIsNamedIfItTookMostOfTheTime() {
        pauses.tick();
        collectedMillis += 2_000;
        paused("event loop 0", 2_500, 0);
        now += Pauses.GATHER_NANOS;
        pauses.tick();
        assertThat(reports.getFirst().words()).contains("(garbage collection took 2000 ms: give it more memory)");
    }

    @Test
    void collectionsBeforeThePauseHaveNoPartInIt() {
        collectedMillis += 2_000;
        pauses.tick();
        paused("event loop 0", 2_500, 0);
        now += Pauses.GATHER_NANOS;
        pauses.tick();
        assertThat(reports.getFirst().words()).doesNotContain("took");
    }

    @Test
    void aShortPauseIsNotWorthALine() {
        paused("event loop 0", 499, 1);
        now += Pauses.GATHER_NANOS;
        pauses.tick();
        assertThat(reports).isEmpty();
    }

    private void paused(String loop, long millis, int deadlines) {
        pauses.add(new Pause(loop, now - TimeUnit.MILLISECONDS.toNanos(millis), now, deadlines));
    }
}
