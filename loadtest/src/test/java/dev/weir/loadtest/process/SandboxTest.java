package dev.weir.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxTest {
    private static final int CORE = Machine.here().allowedCores().getFirst();

    @BeforeEach
    void needTaskset() {
        assumeTrue(Tool.TASKSET.find().isPresent(), "taskset (package util-linux) is not installed");
    }

    @Test
    void endsEvenProcessesThatIgnoreBeingAskedTo() throws Exception {
        List<ProcessHandle> all;
        Path directory;
        try (Sandbox sandbox = Sandbox.open()) {
            directory = sandbox.directory();
            Process stubborn = sandbox.start(
                    "stubborn", CORE, List.of("sh", "-c", "trap '' TERM; echo ready; sleep 600 & wait; sleep 600"));
            Await.until("trap the signal", () -> sandbox.lastWordsOf("stubborn").contains("ready"));
            Await.until("have a child", () -> stubborn.children().findAny().isPresent());
            all = Stream.concat(Stream.of(stubborn.toHandle()), stubborn.descendants())
                    .toList();
        }

        for (ProcessHandle process : all) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
        assertThat(all).hasSizeGreaterThanOrEqualTo(2).noneMatch(ProcessHandle::isAlive);
        assertThat(directory).doesNotExist();
    }

    @Test
    void pinsAProcessToItsCore() throws Exception {
        try (Sandbox sandbox = Sandbox.open()) {
            Process process = sandbox.start("pinned", CORE, List.of("grep", "Cpus_allowed_list", "/proc/self/status"));
            assertThat(process.waitFor()).isZero();

            assertThat(Files.readString(sandbox.output("pinned"))).isEqualTo("Cpus_allowed_list:\t" + CORE + "\n");
        }
    }

    @Test
    void startsNothingOnceItIsClosed() {
        Sandbox sandbox = Sandbox.open();
        sandbox.close();

        assertThatThrownBy(() -> sandbox.start("late", CORE, List.of("true"))).isInstanceOf(MeasurementException.class);
    }
}
