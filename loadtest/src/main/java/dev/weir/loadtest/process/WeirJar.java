package dev.weir.loadtest.process;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which load balancer a command runs. A mixin of picocli's. */
public final class WeirJar {
    @Option(
            names = "--weir-jar",
            paramLabel = "FILE",
            description = "Self-contained jar of the load balancer.",
            defaultValue = "balancer/target/weir.jar")
    private Path path = Path.of("");

    public Path path() {
        return path;
    }
}
