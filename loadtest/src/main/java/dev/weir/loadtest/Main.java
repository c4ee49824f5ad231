package dev.weir.loadtest;

import dev.weir.loadtest.catalogue.CatalogueCommand;
import dev.weir.loadtest.clusterlab.ClusterLabCommand;
import dev.weir.loadtest.faults.FaultsCommand;
import dev.weir.loadtest.keepalive.KeepAliveRaceCommand;
import dev.weir.loadtest.probes.ProbeCountCommand;
import dev.weir.loadtest.propagation.PropagationCommand;
import dev.weir.loadtest.sidebyside.SideBySideCommand;
import dev.weir.loadtest.simulation.GridCommand;
import dev.weir.loadtest.simulation.SimulateCommand;
import dev.weir.loadtest.skew.SkewCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/** Entry point: one subcommand for each tool. */
@Command(
        name = "weir-loadtest",
        description = "Measures the load balancer from outside, and makes life hard for it.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT, // --help and --version in each subcommand
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CatalogueCommand.class,
            SideBySideCommand.class,
            KeepAliveRaceCommand.class,
            FaultsCommand.class,
            SimulateCommand.class,
            ClusterLabCommand.class,
            GridCommand.class,
            SkewCommand.class,
            PropagationCommand.class,
            ProbeCountCommand.class
        })
public final class Main {
    private Main() {}

    /** From the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {version == null ? "unknown (not run from its jar)" : version};
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
