package dev.weir.balancer;

import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ClusterConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "run", description = "Balances load until SIGTERM or SIGINT; then drains and ends.")
final class RunCommand implements Callable<Integer> {
    /** For closing what is idle, on top of what the configuration grants to what is not. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "conf/balancer.yaml",
            showDefaultValue = Visibility.ALWAYS,
            description = "A configuration in YAML.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private Path file;

    @Option(
            names = "--cluster-address",
            paramLabel = "ADDRESS",
            description = "Where other nodes reach this one, in place of cluster.address in the configuration: for what"
                    + " only the place knows where it runs, such as the IP of a pod. Means nothing without a cluster.")
    private @Nullable String clusterAddress;

    @Override
    public Integer call() throws Exception {
        BalancerConfig config = placed(Configuration.load(file));
        LoadBalancer balancer = Lifetime.await(LoadBalancer.start(config));
        return Lifetime.untilSignal(balancer::stop, patience(config));
    }

    private BalancerConfig placed(BalancerConfig config) {
        ClusterConfig cluster = config.cluster();
        if (clusterAddress == null || cluster == null) {
            return config;
        }
        try {
            return config.with(cluster.at(clusterAddress));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--cluster-address: " + e.getMessage(), e);
        }
    }

    static Duration patience(BalancerConfig config) {
        return config.drain().delay().plus(config.drain().timeout()).plus(MARGIN);
    }
}
