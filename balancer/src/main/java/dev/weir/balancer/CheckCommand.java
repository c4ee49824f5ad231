package dev.weir.balancer;

import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "check", description = "Tells everything that is wrong with a configuration file. Opens no port.")
final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A configuration in YAML.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private Path file;

    @Override
    public Integer call() throws ConfigException {
        BalancerConfig config = Configuration.load(file);
        int backends = config.pools().values().stream()
                .mapToInt(pool -> pool.backends().size())
                .sum();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s is OK: %s, %s, %s, %s%n",
                        file,
                        count(config.listeners().size(), "listener"),
                        count(config.routes().size(), "route"),
                        count(config.pools().size(), "pool"),
                        count(backends, "backend"));
        return CommandLine.ExitCode.OK;
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
