package dev.weir.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    @Test
    void rootMayDoEverything() {
        assertThat(Capabilities.missing("Name:\tjava\nCapEff:\t000001ffffffffff\n"))
                .isNull();
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(Capabilities.missing("CapEff:\t0000000000000000\n")).contains("CAP_NET_ADMIN and CAP_SYS_ADMIN");
        assertThat(Capabilities.missing("CapEff:\t0000000000001000\n"))
                .contains("CAP_SYS_ADMIN")
                .doesNotContain("CAP_NET_ADMIN");
    }

    @Test
    void noAnswerIsNoObstacle() {
        assertThatThrownBy(() -> Capabilities.missing("Name:\tjava\n")).hasMessageContaining("CapEff");
    }
}
