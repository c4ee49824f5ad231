package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.WeirJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays every cause of the catalogue. */
@Command(
        name = "catalogue",
        description =
                "Does to the load balancer, and to nginx and HAProxy where they are installed, every cause of a failed"
                        + " request that is known, and reports what clients and operators get.",
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is as expected", "1:something is not, or it could not be done", "2:bad usage"})
public final class CatalogueCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(names = "--row", paramLabel = "ID", split = ",", description = "Only these rows, such as A14,E1.")
    private List<String> rows = List.of();

    @Option(names = "--no-peers", description = "Leave nginx and HAProxy out.")
    private boolean noPeers;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the report here, too.")
    private @Nullable Path file;

    @Mixin
    private final WeirJar weirJar = new WeirJar();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Report report = new CatalogueRun(weirJar.path(), rows, !noPeers, err::println).run();
            String text = ReportText.of(report);
            out.print(text);
            out.flush();
            if (file != null) {
                Files.writeString(file, text);
            }
            return report.isRight() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } catch (MeasurementException e) {
            err.println("Not done: " + e.getMessage());
        } catch (IOException e) {
            err.println("Cannot write " + file + ": " + e);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
