package dev.weir.balancer;

import dev.weir.balancer.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/**
 * The command line: arguments in, exit code out. 0: done; 1: it could not be done, and standard error says why; 2: the
 * arguments make no sense.
 */
@Command(
        name = "weir",
        description = "A load balancer for HTTP.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionLine.class,
        scope = ScopeType.INHERIT, // --help and --version in each subcommand
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            ExplainCommand.class,
            DoctorCommand.class,
            TopCommand.class,
            DrainCommand.class,
            DisableCommand.class,
            EnableCommand.class,
            WeightCommand.class,
            MaintenanceCommand.class,
            DirectivesCommand.class,
            DemoCommand.class
        })
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
    }

    /** What went wrong, for users: never a stack trace. */
    private static int explain(Exception failure, CommandLine command) {
        command.getErr().println(message(failure));
        command.getErr().flush();
        LOG.debug("failed", failure);
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Exception failure) {
        if (failure instanceof ConfigException) {
            return String.valueOf(failure.getMessage()); // one line for each problem, each with the file
        }
        return "weir: " + (failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
    }

    static final class VersionLine implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"weir " + Version.get()};
        }
    }
}
