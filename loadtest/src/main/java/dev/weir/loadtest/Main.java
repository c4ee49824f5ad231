package dev.weir.loadtest;

import dev.weir.loadtest.sidebyside.SideBySideCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point: one subcommand for each measurement. */
@Command(
        name = "weir-loadtest",
        description = "Measures the load balancer from outside.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = SideBySideCommand.class)
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
