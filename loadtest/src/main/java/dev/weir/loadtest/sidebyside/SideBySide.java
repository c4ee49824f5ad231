package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.sidebyside.PeerResult.WarmUpResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** One whole measurement: start all, warm each, then round after round, each peer once a round. */
final class SideBySide {
    /** Of a warm-up; ticks of 10 ms are then 0.5 % of it. */
    private static final Duration SLICE = Duration.ofSeconds(2);

    private final Plan plan;
    private final Consumer<String> progress;

    SideBySide(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** @throws MeasurementException if there is no result worth believing; nothing is left behind either way */
    List<PeerResult> run() {
        // first of all, since this is where a program that is not installed shows
        List<String> versions = plan.peers().stream().map(Peer::version).toList();
        try (Sandbox sandbox = Sandbox.open();
                LocalHttp http = new LocalHttp()) {
            List<Integer> ports =
                    FreePorts.take(Backends.COUNT + 2 * plan.peers().size());
            Backends backends =
                    Backends.start(sandbox, plan.loadCore(), plan.bodySize(), http, ports.subList(0, Backends.COUNT));
            List<Subject> subjects = start(sandbox, backends, ports.subList(Backends.COUNT, ports.size()));
            Preflight preflight = new Preflight(sandbox, http, plan.bodySize());
            subjects.forEach(preflight::check);

            Meter meter = new Meter(sandbox, backends, new Wrk(sandbox, plan.loadCore(), plan.connections()), plan);
            List<WarmUpResult> warmUps =
                    subjects.stream().map(subject -> warmUp(meter, subject)).toList();
            List<List<Round>> rounds = interleave(meter, subjects);
            return IntStream.range(0, subjects.size())
                    .mapToObj(i -> new PeerResult(
                            plan.peers().get(i).name(),
                            versions.get(i),
                            plan.peers().get(i).facts(http, subjects.get(i).wiring()),
                            warmUps.get(i),
                            rounds.get(i)))
                    .toList();
        }
    }

    private List<Subject> start(Sandbox sandbox, Backends backends, List<Integer> ports) {
        List<Subject> subjects = new ArrayList<>();
        for (Peer peer : plan.peers()) {
            int first = 2 * subjects.size();
            Wiring wiring = new Wiring(
                    ports.get(first), ports.get(first + 1), backends.ports(), sandbox.directory(), plan.accessLog());
            Process process = sandbox.start(peer.name(), plan.proxyCore(), peer.prepare(sandbox, wiring));
            subjects.add(new Subject(peer, wiring, process));
        }
        return subjects;
    }

    private WarmUpResult warmUp(Meter meter, Subject subject) {
        Duration slice = SLICE.compareTo(plan.warmUpLimit()) < 0 ? SLICE : plan.warmUpLimit();
        Duration spent = Duration.ZERO;
        WarmUp warmUp = new WarmUp();
        while (!warmUp.settled() && spent.plus(slice).compareTo(plan.warmUpLimit()) <= 0) {
            Round round = meter.measure(subject, slice);
            warmUp.add(round.cpuMicrosPerRequest());
            spent = spent.plus(slice);
            tell(subject, "warm-up", round);
        }
        return new WarmUpResult(spent.toSeconds(), warmUp.first(), warmUp.last(), warmUp.settled());
    }

    private List<List<Round>> interleave(Meter meter, List<Subject> subjects) {
        List<List<Round>> rounds =
                subjects.stream().<List<Round>>map(subject -> new ArrayList<>()).toList();
        for (int number = 1; number <= plan.rounds(); number++) {
            for (int i = 0; i < subjects.size(); i++) {
                Round round = meter.measure(subjects.get(i), plan.round());
                rounds.get(i).add(round);
                tell(subjects.get(i), "round " + number + "/" + plan.rounds(), round);
            }
        }
        return rounds;
    }

    private void tell(Subject subject, String stage, Round round) {
        progress.accept(String.format(
                Locale.ROOT,
                "%-8s %-12s %6.2f us/request  %8.0f requests/s",
                subject.peer().name(),
                stage,
                round.cpuMicrosPerRequest(),
                round.requestsPerSecond()));
    }
}
