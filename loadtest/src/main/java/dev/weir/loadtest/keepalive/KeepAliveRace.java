package dev.weir.loadtest.keepalive;

import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Pause;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.sidebyside.LocalHttp;
import dev.weir.loadtest.sidebyside.Peer;
import dev.weir.loadtest.sidebyside.Weir;
import dev.weir.loadtest.sidebyside.Wiring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One proxy after the other, each with backends of its own and the same load. */
final class KeepAliveRace {
    private static final int BACKENDS = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration DELAY = Duration.ofMillis(10);
    private static final Pattern SAVED = Pattern.compile("(?m)^weir_requests_saved_total\\{[^}]*} ([0-9.E]+)$");

    private final Load load;
    private final Consumer<String> progress;

    KeepAliveRace(Load load, Consumer<String> progress) {
        this.load = load;
        this.progress = progress;
    }

    /** @throws MeasurementException if a proxy does not start or ends; nothing is left behind either way */
    List<Result> run(List<Peer> peers) {
        List<String> versions = peers.stream().map(Peer::version).toList(); // first: this shows what is not installed
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            results.add(run(peers.get(i), versions.get(i)));
        }
        return results;
    }

    private Result run(Peer peer, String version) {
        List<IdleClosingBackend> backends = new ArrayList<>();
        try (Sandbox sandbox = Sandbox.open();
                LocalHttp http = new LocalHttp()) {
            for (int i = 0; i < BACKENDS; i++) {
                backends.add(IdleClosingBackend.start(load.idle(), DELAY));
            }
            List<Integer> ports = FreePorts.take(2);
            List<Integer> backendPorts =
                    backends.stream().map(IdleClosingBackend::port).toList();
            Wiring wiring = new Wiring(ports.getFirst(), ports.getLast(), backendPorts, sandbox.directory(), false);
            Process process = sandbox.start(peer.name(), peer.prepare(sandbox, wiring));
            awaitStart(peer, process, wiring, http, sandbox);
            Tally tally = load.run(wiring.port(), round -> tell(peer, round));
            if (!process.isAlive()) {
                throw new MeasurementException(peer.name() + " ended by itself: " + sandbox.lastWordsOf(peer.name()));
            }
            long closings = backends.stream()
                    .mapToLong(IdleClosingBackend::idleClosings)
                    .sum();
            return new Result(peer.name(), version, tally, closings, masked(peer, http, wiring));
        } finally {
            backends.forEach(IdleClosingBackend::close);
        }
    }

    private void tell(Peer peer, int round) {
        if (round > 0 && round % 50 == 0) {
            progress.accept(peer.name() + ": round " + round + " of " + load.rounds());
        }
    }

    private static void awaitStart(Peer peer, Process process, Wiring wiring, LocalHttp http, Sandbox sandbox) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                if (http.get(wiring.port(), "/").statusCode() == 200) {
                    return;
                }
            } catch (MeasurementException e) {
                // not yet
            }
            Pause.brief();
        }
        throw new MeasurementException(peer.name() + " does not serve: " + sandbox.lastWordsOf(peer.name()));
    }

    private static long masked(Peer peer, LocalHttp http, Wiring wiring) {
        if (!peer.name().equals(Weir.NAME)) {
            return -1;
        }
        Matcher saved = SAVED.matcher(http.get(wiring.adminPort(), "/metrics").body());
        if (!saved.find()) {
            throw new MeasurementException("the balancer's metrics do not tell what it saved");
        }
        return Math.round(Double.parseDouble(saved.group(1)));
    }
}
