package dev.weir.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
    @Test
    void fillsInEachPlaceholderAndLeavesOtherDollarsAlone() {
        String filled = new Template("listen ${port}; Host $host; again ${port}").fill(Map.of("port", "81"));

        assertThat(filled).isEqualTo("listen 81; Host $host; again 81");
    }

    @Test
    void takesValuesLiterally() {
        assertThat(new Template("a ${b} c").fill(Map.of("b", "${kilobyte}\\$1")))
                .isEqualTo("a ${kilobyte}\\$1 c");
    }

    @Test
    void namesAPlaceholderThatItDoesNotKnow() {
        assertThatThrownBy(() -> new Template("${prot}").fill(Map.of("port", "81")))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("${prot}")
                .hasMessageContaining("port");
    }
}
