package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators may get wrong at the command line, before any balancer is asked. */
final class OperatorsUsageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "drain",
                "weight 127.0.0.1:1",
                "weight 127.0.0.1:1 1001",
                "weight 127.0.0.1:1 -1",
                "weight a:1 x",
                "maintenance",
                "maintenance shop",
                "maintenance shop x --off",
                "maintenance shop x --until noon",
                "maintenance shop x --until 2030-13-01T00:00:00Z",
                "drain a:1 --wait --timeout 5",
                "directives x",
                "enable a:1 --admin ftp://a"
            })
    void wrongUsageIsToldApart(String line) {
        OperatorsCommandsTest.Result result = OperatorsCommandsTest.run(line.split(" "));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).isNotBlank().doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"drain a:1", "weight a:1 3", "maintenance shop --off", "directives"})
    void whereNoBalancerRunsThatIsSaid(String line) throws Exception {
        OperatorsCommandsTest.Result result =
                OperatorsCommandsTest.run((line + " --admin http://127.0.0.1:" + ClosedPort.take()).split(" "));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("is the balancer running");
    }
}
