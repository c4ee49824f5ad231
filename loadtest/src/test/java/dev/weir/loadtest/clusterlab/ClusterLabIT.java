package dev.weir.loadtest.clusterlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All scenarios, as users play them. Takes minutes, and a machine that has nothing else to do. */
@Tag("cluster-lab")
class ClusterLabIT {
    @Test
    void clientsOperatorsAndTheKernelSeeNoHarmInAnyScenario(@TempDir Path directory)
            throws IOException, InterruptedException {
        assumeTrue(Network.obstacle().isEmpty(), () -> String.valueOf(Network.obstacle()));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        property("weir-loadtest.jar"),
                        "cluster-lab",
                        "--weir-jar",
                        property("weir.jar"),
                        "--report",
                        property("cluster-lab.report")))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        try (Stream<Path> namespaces = Files.list(Path.of("/run/netns"))) {
            assertThat(namespaces.map(Path::toString)).noneMatch(name -> name.contains("lab-" + process.pid()));
        }
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }
}
