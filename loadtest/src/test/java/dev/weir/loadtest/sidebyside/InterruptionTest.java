package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.loadtest.Main;
import dev.weir.loadtest.process.Await;
import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.process.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptionTest {
    /** Backends, proxy and load generator; nginx runs as a master and a worker each time. */
    private static final int PROCESSES = 5;

    @Test
    void aRunThatIsStoppedHalfwayTakesItsProcessesAndFilesAlong(@TempDir Path directory) throws Exception {
        for (Tool tool : Tool.values()) {
            assumeTrue(tool == Tool.HAPROXY || tool.find().isPresent(), () -> tool + " is not installed");
        }
        assumeTrue(Machine.here().allowedCores().size() >= 2, "a measurement needs two cores");
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "side-by-side",
                        "--only=nginx",
                        "--warmup=600",
                        "--connections=2")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("run.out").toFile())
                .start();
        List<ProcessHandle> children;
        try {
            Await.until("start all processes", () -> run.descendants().count() >= PROCESSES);
            children = run.descendants().toList();
        } finally {
            run.destroy();
        }

        assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Await.until("end all processes", () -> children.stream().noneMatch(ProcessHandle::isAlive));
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(directory.resolve("run.out"));
        }
    }
}
