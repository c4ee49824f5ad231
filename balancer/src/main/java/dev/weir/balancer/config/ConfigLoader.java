package dev.weir.balancer.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads configuration files. Stateless; blocks while it reads. */
public final class ConfigLoader {
    private ConfigLoader() {}

    /**
     * Reads and validates a file.
     *
     * @param check validates each pool's strategy
     * @throws ConfigException with every problem of the file, also when it cannot be read
     */
    public static BalancerConfig load(Path file, StrategyCheck check) throws ConfigException {
        Problems problems = new Problems(file.toString());
        return read(YamlText.parse(YamlText.read(file, problems), problems), check, problems);
    }

    /**
     * Validates a text.
     *
     * @param name stands for the file in problems
     * @param yaml what would be in the file
     * @throws ConfigException with every problem of the text
     */
    public static BalancerConfig parse(String name, String yaml, StrategyCheck check) throws ConfigException {
        Problems problems = new Problems(name);
        return read(YamlText.parse(yaml, problems), check, problems);
    }

    private static BalancerConfig read(Value root, StrategyCheck check, Problems problems) throws ConfigException {
        @Nullable BalancerConfig config = FileSyntax.FILE.read(root);
        new CrossChecks(root, check).run();
        if (config == null || problems.count() > 0) {
            throw problems.exception();
        }
        return config;
    }
}
