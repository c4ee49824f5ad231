package dev.weir.balancer;

import dev.weir.balancer.config.BalancerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

@Command(name = "run", description = "Balances load until SIGTERM or SIGINT; then drains and ends.")
final class RunCommand implements Callable<Integer> {
    /** For closing what is idle, on top of what the configuration grants to what is not. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "conf/balancer.yaml",
            showDefaultValue = Visibility.ALWAYS,
            description = "A configuration in YAML.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private Path file;

    @Override
    public Integer call() throws Exception {
        BalancerConfig config = Configuration.load(file);
        LoadBalancer balancer = Lifetime.await(LoadBalancer.start(config));
        return Lifetime.untilSignal(balancer::stop, patience(config));
    }

    static Duration patience(BalancerConfig config) {
        return config.drain().delay().plus(config.drain().timeout()).plus(MARGIN);
    }
}
