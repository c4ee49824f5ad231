package dev.weir.loadtest.skew;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.sidebyside.LocalHttp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Both arms' processes run all the time, and get the same requests in turn: now one is the first, now the other, so that what
 * happens to the machine happens to both.
 */
final class SkewRun {
    private final Plan plan;
    private final Path jar;
    private final Consumer<String> progress;

    SkewRun(Plan plan, Path jar, Consumer<String> progress) {
        this.plan = plan;
        this.jar = jar;
        this.progress = progress;
    }

    /** @throws MeasurementException if a figure would not be to be trusted; nothing is left behind either way */
    List<Round> run() {
        if (!Files.isReadable(jar)) {
            throw new MeasurementException(jar + " is not there; build it: mvn -pl balancer -DskipTests package");
        }
        List<Round> rounds = new ArrayList<>();
        try (Sandbox sandbox = Sandbox.open();
                LocalHttp http = new LocalHttp();
                Clients clients = new Clients();
                Side local = new Side(Arm.LOCAL, plan, jar, sandbox, http);
                Side cluster = new Side(Arm.CLUSTER, plan, jar, sandbox, http)) {
            for (int i = 0; i < plan.rounds(); i++) {
                for (Side side : i % 2 == 0 ? List.of(local, cluster) : List.of(cluster, local)) {
                    Round round = side.play(i, clients);
                    progress.accept(told(round));
                    rounds.add(round);
                }
            }
        }
        return rounds;
    }

    private String told(Round round) {
        return String.format(
                Locale.ROOT,
                "round %d of %d, %s: CV %.3f, max/mean %.2f, p99 %.0f ms",
                round.number() + 1,
                plan.rounds(),
                round.arm().title(),
                round.skew().variation(),
                round.skew().peak(),
                round.p99Millis());
    }
}
