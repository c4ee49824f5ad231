package dev.weir.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcStatTest {
    private static final String NGINX =
            "3904 (nginx) S 3903 3900 3899 0 -1 4194624 512 0 3 0 1234 4321 7 8 20 0 1 0 55306 11030528 1475 1844674";

    @Test
    void sumsUserAndSystemTimeButNotThatOfEndedChildren() {
        assertThat(ProcStat.processTicks(NGINX)).isEqualTo(1234 + 4321);
    }

    @Test
    void isNotMisledByParenthesesAndBlanksInAProcessName() {
        String stat = NGINX.replace("(nginx)", "(a) S 1 (b 99)");

        assertThat(ProcStat.processTicks(stat)).isEqualTo(1234 + 4321);
    }

    @Test
    void refusesWhatIsNotAProcessStat() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcStat.processTicks("3904 (nginx) S 1 2"))
                .withMessageContaining("3904 (nginx) S 1 2");
    }

    @Test
    void countsAllOfACoresTimeSaveIdleAndIoWait() {
        String stat = """
                cpu  99 99 99 99 99 99 99 99 99 99
                cpu1 1 2 4 1000 2000 8 16 32 64 128
                cpu10 5 5 5 5 5 5 5 5 5 5
                """;

        assertThat(ProcStat.coreBusyTicks(stat, 1)).isEqualTo(1 + 2 + 4 + 8 + 16 + 32);
    }

    @Test
    void namesACoreThatIsNotThere() {
        assertThatThrownBy(() -> ProcStat.coreBusyTicks("cpu0 1 1 1 1 1 1 1 1 1 1", 7))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("core 7");
    }

    @Test
    void turnsTicksIntoSeconds() {
        ProcStat.Usage before = new ProcStat.Usage(Set.of(1L, 2L), 150);

        assertThat(before.secondsUntil(new ProcStat.Usage(Set.of(1L, 2L), 400))).isEqualTo(2.5);
    }

    @Test
    void doesNotCompareDifferentSetsOfProcesses() {
        ProcStat.Usage before = new ProcStat.Usage(Set.of(1L, 2L), 150);

        assertThatThrownBy(() -> before.secondsUntil(new ProcStat.Usage(Set.of(1L, 3L), 400)))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("came or went");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void seesTheTimeThatThisVeryProcessBurns() {
        ProcStat.Usage before = ProcStat.usageOf(ProcessHandle.current());
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        double burned = 0;
        while (burned < 0.2 && System.nanoTime() < deadline) {
            burned = before.secondsUntil(ProcStat.usageOf(ProcessHandle.current()));
        }

        assertThat(burned).isBetween(0.2, 30.0 * Runtime.getRuntime().availableProcessors());
    }
}
