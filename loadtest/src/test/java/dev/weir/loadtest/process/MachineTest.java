package dev.weir.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MachineTest {
    @Test
    void readsTheKernelsListFormat() {
        assertThat(Machine.cores("3")).containsExactly(3);
        assertThat(Machine.cores("0-2,7,10-11")).containsExactly(0, 1, 2, 7, 10, 11);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void knowsAsManyCoresAsThisProcessMayUse() {
        Machine here = Machine.here();

        assertThat(here.allowedCores()).isNotEmpty().doesNotHaveDuplicates();
        assertThat(here.kernel()).startsWith("Linux ");
        assertThat(here.cpu()).isNotBlank();
    }
}
