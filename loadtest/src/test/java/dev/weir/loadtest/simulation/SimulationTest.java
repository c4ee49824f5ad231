package dev.weir.loadtest.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the balancer's strategies make of the load that nodes tell each other. All by seeds: the figures never change. */
class SimulationTest {
    @ParameterizedTest
    @CsvSource({
        "least-requests, 2, 10, 0.98, 0.92",
        "least-requests, 3, 10, 0.96, 0.92",
        "least-requests, 5, 30, 0.92, 0.90",
        "least-requests, 10, 30, 0.85, 0.85",
        "least-requests, 60, 60, 0.60, 0.75",
        "power-of-two, 3, 10, 0.90, 0.95",
        "power-of-two, 10, 30, 0.70, 0.90",
        "power-of-two, 60, 60, 0.40, 0.65",
    })
    void latencyAndSpreadBeatLocalCounting(String strategy, int nodes, int backends, double latency, double variation) {
        Result local = run(Scenario.usual(strategy, Knowledge.LOCAL, nodes, backends), 10);
        Result shared = run(Scenario.usual(strategy, Knowledge.SHARED, nodes, backends), 10);
        assertThat(shared.p99Millis()).isLessThan(latency * local.p99Millis());
        assertThat(shared.variation()).isLessThan(variation * local.variation());
        assertThat(shared.peak()).isLessThan(local.peak());
    }

    @ParameterizedTest
    @CsvSource({"2, 5", "3, 5", "3, 500", "5, 50"})
    void theFewestNodesAreMoreEvenTooHoweverLongRequestsAre(int nodes, double millis) {
        Scenario base = new Scenario(
                "least-requests",
                Knowledge.LOCAL,
                nodes,
                10,
                1.7,
                Server.Discipline.PS,
                4,
                millis,
                millis >= 500 ? Work.HEAVY : Work.EXPONENTIAL,
                0.2,
                3,
                0.7,
                100,
                0,
                1);
        double seconds = 5 + millis / 2;
        Result local = run(base, seconds);
        Result shared = run(base.with("least-requests", Knowledge.SHARED), seconds);
        assertThat(shared.variation()).isLessThan(0.93 * local.variation());
        assertThat(shared.peak()).isLessThan(local.peak());
        assertThat(shared.p99Millis()).isLessThan(1.05 * local.p99Millis());
    }

    /** Latencies already tell a node of the others' load. */
    @ParameterizedTest
    @CsvSource({"3, 10", "10, 30", "60, 60"})
    void peakEwmaIsNoWorse(int nodes, int backends) {
        Result local = run(Scenario.usual("peak-ewma", Knowledge.LOCAL, nodes, backends), 10);
        Result shared = run(Scenario.usual("peak-ewma", Knowledge.SHARED, nodes, backends), 10);
        assertThat(shared.p99Millis()).isLessThan(1.03 * local.p99Millis());
        assertThat(shared.variation()).isLessThan(1.05 * local.variation());
    }

    @ParameterizedTest
    @CsvSource({"10, 30", "60, 60"})
    void theHerdThatANaiveLeastMakesIsThereAndAbsentInTheBalancer(int nodes, int backends) {
        Result local = run(Scenario.usual("least-requests", Knowledge.LOCAL, nodes, backends), 10);
        Result naive = run(Scenario.usual("least-requests", Knowledge.NAIVE, nodes, backends), 10);
        assertThat(naive.burst()).isGreaterThan(1.7 * local.burst());
        assertThat(naive.p50Millis()).isGreaterThan(2 * local.p50Millis());
        for (String strategy : new String[] {"least-requests", "power-of-two", "peak-ewma"}) {
            Result shared = run(Scenario.usual(strategy, Knowledge.SHARED, nodes, backends), 10);
            assertThat(shared.burst()).as(strategy).isLessThan(1.2 * local.burst());
            assertThat(shared.peak()).as(strategy).isLessThan(1.05 * naive.peak());
        }
    }

    @Test
    void withRequestsThatLastLongerThanATickCountsAreWorthMore() {
        Scenario base = new Scenario(
                "least-requests",
                Knowledge.LOCAL,
                30,
                60,
                1,
                Server.Discipline.FIFO,
                4,
                500,
                Work.EXPONENTIAL,
                0.2,
                3,
                0.8,
                100,
                0,
                1);
        Result local = run(base, 30);
        Result shared = run(base.with("least-requests", Knowledge.SHARED), 30);
        assertThat(shared.variation()).isLessThan(0.75 * local.variation());
        assertThat(shared.p99Millis()).isLessThan(0.9 * local.p99Millis());
    }

    @ParameterizedTest
    @ValueSource(strings = {"least-requests", "power-of-two", "peak-ewma"})
    void oneNodeDoesExactlyWhatItDoesWithoutACluster(String strategy) {
        Result local = run(Scenario.usual(strategy, Knowledge.LOCAL, 1, 10), 5);
        Result shared = run(Scenario.usual(strategy, Knowledge.SHARED, 1, 10), 5);
        assertThat(shared.peaks()).isEqualTo(local.peaks());
        assertThat(shared.p99Millis()).isEqualTo(local.p99Millis());
    }

    @ParameterizedTest
    @ValueSource(strings = {"least-requests", "power-of-two", "peak-ewma"})
    void whenDigestsStayOutNodesCountForThemselvesWithoutAJump(String strategy) {
        Simulation simulation = new Simulation(Scenario.usual(strategy, Knowledge.SHARED, 10, 30));
        simulation.run(3);
        Result before = simulation.run(2);
        simulation.silence();
        Result fading = simulation.run(1.2);
        assertThat(fading.burst()).isLessThan(1.15 * before.burst());
        assertThat(IntStream.range(0, 30).mapToDouble(simulation.node(4)::others))
                .containsOnly(0.0);
        Result local = run(Scenario.usual(strategy, Knowledge.LOCAL, 10, 30), 10);
        assertThat(simulation.run(10).p99Millis()).isCloseTo(local.p99Millis(), within(0.2 * local.p99Millis()));
    }

    @Test
    void theNumbersOfANodeThatDiesExpire() {
        Simulation simulation = new Simulation(Scenario.usual("least-requests", Knowledge.SHARED, 2, 10));
        simulation.run(3);
        assertThat(heard(simulation, 1)).isGreaterThan(5);
        simulation.kill(0);
        simulation.run(0.45);
        assertThat(heard(simulation, 1)).isZero();
        Result alone = simulation.run(5);
        assertThat(alone.peak()).isLessThan(1.5);
    }

    @Test
    void theOthersGoOnWithoutANodeThatDies() {
        Simulation simulation = new Simulation(Scenario.usual("least-requests", Knowledge.SHARED, 10, 30));
        Result before = simulation.run(6);
        simulation.kill(0);
        Result during = simulation.run(2);
        assertThat(during.burst()).isLessThan(1.15 * before.burst());
        assertThat(during.p99Millis()).isLessThan(1.5 * before.p99Millis());
    }

    @ParameterizedTest
    @ValueSource(strings = {"least-requests", "power-of-two", "peak-ewma"})
    void aBackendOfWeightZeroGetsNothingWhateverNodesSayOfIt(String strategy) {
        Simulation simulation = new Simulation(Scenario.usual(strategy, Knowledge.SHARED, 5, 10));
        simulation.run(3);
        simulation.weigh(9, 0);
        simulation.run(2);
        assertThat(simulation.load(9)).isZero();
        simulation.weigh(9, 1);
        simulation.run(2);
        assertThat(simulation.load(9)).isPositive();
    }

    /** That nobody has anything in flight there is no reason for all nodes to run to it. */
    @ParameterizedTest
    @ValueSource(strings = {"least-requests", "power-of-two"})
    void aBackendThatIsBackStartsSlowly(String strategy) {
        Simulation simulation = new Simulation(
                Scenario.usual(strategy, Knowledge.SHARED, 10, 30).withSlowStart(5_000));
        simulation.run(3);
        simulation.eject(29, TimeUnit.SECONDS.toNanos(2));
        simulation.run(2.1);
        double sum = 0;
        double mean = 0;
        for (int i = 0; i < 100; i++) {
            simulation.run(0.01);
            sum += simulation.load(29) / 100.0;
            mean += IntStream.range(0, 29).map(simulation::load).average().orElseThrow() / 100.0;
        }
        assertThat(sum).isLessThan(0.7 * mean);
        simulation.run(6);
        double later = IntStream.range(0, 100)
                .map(i -> {
                    simulation.run(0.01);
                    return simulation.load(29);
                })
                .average()
                .orElseThrow();
        assertThat(later).isGreaterThan(0.6 * mean);
    }

    @Test
    void theSameSeedGivesTheSameFigures() {
        Scenario scenario = Scenario.usual("least-requests", Knowledge.SHARED, 5, 10);
        assertThat(run(scenario, 3)).isEqualTo(run(scenario, 3));
    }

    /** M/M/1: latency is exponential with the mean service / (1 - utilisation). */
    @Test
    void aSingleQueueIsAsTheTheorySays() {
        Scenario scenario = new Scenario(
                "round-robin",
                Knowledge.LOCAL,
                1,
                1,
                0,
                Server.Discipline.FIFO,
                1,
                20,
                Work.EXPONENTIAL,
                0,
                1,
                0.5,
                100,
                0,
                7);
        Result result = run(scenario, 2_000);
        assertThat(result.p50Millis()).isCloseTo(40 * Math.log(2), within(2.0));
        assertThat(result.p99Millis()).isCloseTo(40 * Math.log(100), within(20.0));
    }

    private static double heard(Simulation simulation, int node) {
        return IntStream.range(0, 10).mapToDouble(simulation.node(node)::others).sum();
    }

    private static Result run(Scenario scenario, double seconds) {
        Simulation simulation = new Simulation(scenario);
        simulation.run(3);
        return simulation.run(seconds);
    }
}
