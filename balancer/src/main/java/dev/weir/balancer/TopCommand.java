package dev.weir.balancer;

import dev.weir.balancer.config.DurationText;
import dev.weir.balancer.doctor.AdminPort;
import dev.weir.balancer.top.Frame;
import dev.weir.balancer.top.Live;
import dev.weir.balancer.top.Order;
import dev.weir.balancer.top.Reading;
import dev.weir.balancer.top.ReadingJson;
import dev.weir.balancer.top.Screen;
import io.vertx.core.json.JsonObject;
import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "top",
        description = "Shows nodes, backends, their load, and what each node says of them, as they change; q quits.",
        footer = {"", "Exit codes: 0 shown, 1 no balancer or no such pool there, 2 wrong usage."})
final class TopCommand implements Callable<Integer> {
    /** Set to anything, it turns colours off: no-color.org. */
    private static final String NO_COLOR = "NO_COLOR";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "1s",
            showDefaultValue = Visibility.ALWAYS,
            description = "How often the balancer is asked: 100ms to 1h. Rates are those of the last interval.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String interval;

    @Option(
            names = "--once",
            description = "Prints one picture and ends, after one interval. So it does where there is no terminal.")
    private boolean once;

    @Option(names = "--pool", paramLabel = "POOL", description = "Only this pool; by default, all.")
    private @Nullable String pool;

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            defaultValue = "trouble",
            showDefaultValue = Visibility.ALWAYS,
            description = "What comes first: trouble, name, requests, in-flight, latency, failures.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String sort;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Duration pause = usage("--interval: ", () -> DurationText.parse(interval, "100ms", "1h"));
        Order order = usage("--sort ", () -> Order.parse(sort));
        Reading first = read();
        frame(null, first, order, Integer.MAX_VALUE); // is there such a pool?
        boolean terminal = hasTerminal();
        boolean coloured =
                terminal && System.getenv().getOrDefault(NO_COLOR, "").isEmpty();
        if (terminal && !once) {
            new Live(this::read, first, admin.toString(), pool, order, pause, coloured).run();
            return CommandLine.ExitCode.OK;
        }
        new CountDownLatch(1).await(pause.toNanos(), TimeUnit.NANOSECONDS);
        int width = terminal ? Screen.columns() : Integer.MAX_VALUE;
        StringBuilder text = new StringBuilder();
        for (AttributedString line : frame(first, read(), order, width)) {
            text.append(coloured ? line.toAnsi() : line.toString().stripTrailing())
                    .append('\n');
        }
        admin.print(text.toString());
        return CommandLine.ExitCode.OK;
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 25 has none where there is no terminal
    private static boolean hasTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private <T> T usage(String option, Supplier<T> parsed) {
        try {
            return parsed.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), ExplainText.printable(option + e.getMessage()), e);
        }
    }

    private List<AttributedString> frame(@Nullable Reading before, Reading now, Order order, int width)
            throws IOException {
        try {
            return Frame.of(before, now, admin.toString(), pool, order, width);
        } catch (IllegalArgumentException e) {
            throw new IOException(ExplainText.printable(String.valueOf(e.getMessage())), e);
        }
    }

    private Reading read() throws IOException, InterruptedException {
        AdminPort.Reply ready = admin.get("/readyz");
        JsonObject cluster = json("/api/cluster");
        AdminPort.Reply pools = admin.get("/api/pools");
        long nanos = System.nanoTime();
        if (pools.status() != 200) {
            throw admin.strange(pools);
        }
        String obstacle = ready.status() == 200 ? null : ready.body().strip();
        return admin.read(pools.body(), answer -> ReadingJson.read(answer, cluster, obstacle, nanos, Instant.now()));
    }

    private JsonObject json(String path) throws IOException, InterruptedException {
        AdminPort.Reply reply = admin.get(path);
        if (reply.status() != 200) {
            throw admin.strange(reply);
        }
        return admin.read(reply.body(), Function.identity());
    }
}
