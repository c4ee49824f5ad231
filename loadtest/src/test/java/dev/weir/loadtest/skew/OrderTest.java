package dev.weir.loadtest.skew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OrderTest {
    private static final Plan PLAN = new Plan("least-requests", List.of(80, 15, 5), 10, 4, 20, 0.2, 3, 0.7, 60, 1, 7);

    @Test
    void aRoundIsTheSameForBothArmsAndNoTwoRoundsAre() {
        assertThat(Order.of(PLAN, 0)).isEqualTo(Order.of(PLAN, 0)).isNotEqualTo(Order.of(PLAN, 1));
    }

    @Test
    void nodesGetTheirPartsOfTheTraffic() {
        List<Order> orders = Order.of(PLAN, 0);
        var counts = orders.stream().collect(Collectors.groupingBy(Order::node, Collectors.counting()));
        assertThat(counts).containsOnlyKeys(0, 1, 2);
        assertThat((double) counts.get(0) / orders.size()).isCloseTo(0.80, within(0.01));
        assertThat((double) counts.get(1) / orders.size()).isCloseTo(0.15, within(0.01));
        assertThat((double) counts.get(2) / orders.size()).isCloseTo(0.05, within(0.01));
    }

    @Test
    void thereIsAsMuchWorkAsTheUtilisationSays() {
        List<Order> orders = Order.of(PLAN, 0);
        double workSeconds = orders.stream().mapToLong(Order::workMicros).sum() / 1e6;
        double workers = (8 + 2 / 3.0) * 4; // of usual speed
        assertThat(workSeconds / (workers * 65)).isCloseTo(0.7, within(0.03));
        assertThat(orders).extracting(Order::atNanos).isSorted().last().matches(at -> at < 65_000_000_000L);
    }
}
