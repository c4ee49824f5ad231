package dev.weir.loadtest.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CellTest {
    @Test
    void whatIsBetterWithEachSeedIsBetter() {
        Cell cell = cell(0.90, 0.91, 0.89, 0.90);
        assertThat(cell.verdict(Result::variation)).isEqualTo(Cell.Verdict.BETTER);
        assertThat(Math.exp(cell.logRatio(Result::variation))).isCloseTo(0.9, within(0.001));
    }

    @Test
    void whatIsWorseWithEachSeedIsWorse() {
        assertThat(cell(1.2, 1.3, 1.25, 1.2).verdict(Result::variation)).isEqualTo(Cell.Verdict.WORSE);
    }

    @Test
    void whatIsNowBetterNowWorseIsOpen() {
        assertThat(cell(0.8, 1.1, 0.9, 1.05).verdict(Result::variation)).isEqualTo(Cell.Verdict.OPEN);
    }

    @Test
    void aDifferenceThatMattersToNobodyIsOpenHoweverSureItIs() {
        assertThat(cell(0.995, 0.995, 0.995, 0.9951).verdict(Result::variation)).isEqualTo(Cell.Verdict.OPEN);
    }

    private static Cell cell(double... ratios) {
        Cell cell = new Cell();
        for (double ratio : ratios) {
            cell.add(result(0.5), result(0.5 * ratio));
        }
        return cell;
    }

    private static Result result(double variation) {
        return new Result(Scenario.usual("random", Knowledge.LOCAL, 2, 2), 1, 1, variation, 1, 1, 1, List.of());
    }
}
