package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.StrategyCheck;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThisMemberTest {
    private static final String LABELS = words("label-%02d: %d");
    private static final String HEADERS = words("X-Header-%02d: v%d");

    /** More than a few, for the order of a few may be right by chance. */
    private static String words(String pattern) {
        return IntStream.range(0, 12)
                .map(i -> i * 7 % 12)
                .mapToObj(i -> pattern.formatted(i, i))
                .collect(Collectors.joining(", "));
    }

    private static BalancerConfig config(String listener, int weight) throws Exception {
        return ConfigLoader.parse("test.yaml", """
                listeners: [{ address: 127.0.0.1:%s }]
                pools:
                  shop:
                    backends: [{ url: "http://127.0.0.1:9001", weight: %d, labels: { %s } }]
                    health: { active: { path: /, expect-headers: { %s } } }
                """.formatted(listener, weight, LABELS, HEADERS), StrategyCheck.ANY);
    }

    @Test
    void nodesWithTheSamePoolsHaveTheSameHashWhereverTheyListen() throws Exception {
        assertThat(ThisMember.hash(config("8001", 1))).isEqualTo(ThisMember.hash(config("8002", 1)));
        assertThat(ThisMember.hash(config("8001", 1))).isNotEqualTo(ThisMember.hash(config("8001", 2)));
    }

    @Test
    void whatIsHashedPrintsInAnOrderThatDoesNotDependOnTheProcess() throws Exception {
        assertThat(config("8001", 1).pools().toString())
                .containsSubsequence(IntStream.range(0, 12)
                        .mapToObj("label-%02d="::formatted)
                        .toList())
                .containsSubsequence(IntStream.range(0, 12)
                        .mapToObj("X-Header-%02d="::formatted)
                        .toList())
                .doesNotContainPattern("@[0-9a-f]{4,}");
    }
}
