package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole catalogue, or one row of it.
 *
 * @param jar of the balancer
 * @param wanted ids of rows; empty: all
 * @param peers whether nginx and HAProxy are put before the same backends
 * @param progress gets a line now and then
 */
record CatalogueRun(Path jar, List<String> wanted, boolean peers, Consumer<String> progress) {

    /** @throws MeasurementException if it cannot be done at all */
    Report run() {
        if (!Files.isReadable(jar)) {
            throw new MeasurementException(jar + " is not there; build it: mvn -pl balancer -DskipTests package");
        }
        List<Row> rows = rows();
        Map<Scene, String> skipped = new LinkedHashMap<>();
        try (Sandbox sandbox = Sandbox.open();
                ExecutorService stages = Executors.newFixedThreadPool(2)) {
            List<Scene> here = scenes(rows, false, skipped);
            List<Scene> there = scenes(rows, true, skipped);
            Future<Outcome> near = stages.submit(() -> play(sandbox, "weir", here, null));
            Future<Outcome> far = stages.submit(() -> inNamespace(sandbox, there, skipped));
            Outcome all = outcome(near).and(outcome(far));
            return new Report(rows, all.results(), skipped, all.complaints());
        }
    }

    /** What came of a stage. */
    private record Outcome(List<SceneResult> results, List<String> complaints) {
        static final Outcome NOTHING = new Outcome(List.of(), List.of());

        Outcome and(Outcome other) {
            return new Outcome(
                    Stream.concat(results.stream(), other.results.stream()).toList(),
                    Stream.concat(complaints.stream(), other.complaints.stream())
                            .toList());
        }
    }

    private static Outcome outcome(Future<Outcome> stage) {
        try {
            return stage.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MeasurementException known
                    ? known
                    : new IllegalStateException("a stage failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    private List<Row> rows() {
        List<String> known = Catalogue.rows().stream().map(Row::id).toList();
        for (String id : wanted) {
            if (!known.contains(id)) {
                throw new MeasurementException("row: " + id + " (expected: one of " + known + ")");
            }
        }
        return Catalogue.rows().stream()
                .filter(row -> wanted.isEmpty() || wanted.contains(row.id()))
                .toList();
    }

    /** @param skipped gets those for which a tool is wanting */
    private static List<Scene> scenes(List<Row> rows, boolean inNamespace, Map<Scene, String> skipped) {
        List<Scene> scenes = new ArrayList<>();
        for (Row row : rows) {
            for (Case play : row.cases()) {
                Tool tool = play.tool();
                if (play.namespace() != inNamespace) {
                    continue;
                }
                if (tool != null && tool.find().isEmpty()) {
                    skipped.put(new Scene(row, play), tool + " is not installed");
                } else {
                    scenes.add(new Scene(row, play));
                }
            }
        }
        return scenes;
    }

    /** @param skipped gets those that cannot be played here, with the reason */
    private Outcome inNamespace(Sandbox sandbox, List<Scene> scenes, Map<Scene, String> skipped) {
        if (scenes.isEmpty()) {
            return Outcome.NOTHING;
        }
        Optional<String> obstacle = Namespace.obstacle();
        if (obstacle.isPresent()) {
            scenes.forEach(scene -> skipped.put(scene, obstacle.get()));
            return Outcome.NOTHING;
        }
        List<SceneResult> results = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        try (Namespace namespace = Namespace.create()) {
            Outcome outcome = play(sandbox, "weir-ns", scenes, namespace);
            results.addAll(outcome.results());
            complaints.addAll(outcome.complaints());
        } catch (MeasurementException e) { // it should have been possible
            complaints.add("network namespace: " + e.getMessage());
            if (results.isEmpty()) {
                scenes.forEach(scene -> results.add(SceneResult.notPlayed(scene, e.getMessage())));
            }
        }
        return new Outcome(results, complaints);
    }

    private Outcome play(Sandbox sandbox, String name, List<Scene> scenes, @Nullable Namespace namespace) {
        if (scenes.isEmpty()) {
            return Outcome.NOTHING;
        }
        String where = namespace == null ? " on loopback" : " in a network namespace";
        progress.accept(scenes.size() + " cases" + where);
        Stage stage = Stage.open(sandbox, name, jar, scenes, namespace);
        try (stage) {
            stage.play();
            progress.accept("played" + where);
            if (peers) {
                for (Tool tool : Peers.installed()) {
                    stage.playPeers(tool, FreePorts.takeLasting(1), namespace);
                    progress.accept("played" + where + " with " + tool);
                }
            }
        }
        return new Outcome(stage.results(), stage.complaints()); // what could not be closed is among them
    }
}
