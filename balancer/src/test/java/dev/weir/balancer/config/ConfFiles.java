package dev.weir.balancer.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files in {@code conf/}. */
final class ConfFiles {
    static final Path MINIMAL = directory().resolve("minimal.yaml");
    static final Path TYPICAL = directory().resolve("balancer.yaml");
    static final Path COMPLETE = directory().resolve("complete.yaml");
    static final Path SCHEMA = directory().resolve("balancer.schema.json");

    private ConfFiles() {}

    static List<Path> all() {
        return List.of(MINIMAL, TYPICAL, COMPLETE);
    }

    /** Tests run in the module or at the top. */
    static Path directory() {
        return Stream.of(Path.of("conf"), Path.of("../conf"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no conf/ in sight of " + Path.of("").toAbsolutePath()));
    }
}
