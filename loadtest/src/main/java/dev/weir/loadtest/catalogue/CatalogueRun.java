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
import java.util.function.Consumer;
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
        List<SceneResult> results = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        try (Sandbox sandbox = Sandbox.open()) {
            List<Scene> near = scenes(rows, false);
            if (!near.isEmpty()) {
                play(sandbox, "weir", near, null, results, complaints);
            }
            List<Scene> far = scenes(rows, true);
            if (!far.isEmpty()) {
                inNamespace(sandbox, far, results, complaints, skipped);
            }
        }
        return new Report(rows, results, skipped, complaints);
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

    private static List<Scene> scenes(List<Row> rows, boolean inNamespace) {
        List<Scene> scenes = new ArrayList<>();
        for (Row row : rows) {
            for (Case play : row.cases()) {
                if (play.namespace() == inNamespace) {
                    scenes.add(new Scene(row, play));
                }
            }
        }
        return scenes;
    }

    private void inNamespace(
            Sandbox sandbox,
            List<Scene> scenes,
            List<SceneResult> results,
            List<String> complaints,
            Map<Scene, String> skipped) {
        Optional<String> obstacle = Namespace.obstacle();
        if (obstacle.isPresent()) {
            scenes.forEach(scene -> skipped.put(scene, obstacle.get()));
            return;
        }
        try (Namespace namespace = Namespace.create()) {
            play(sandbox, "weir-ns", scenes, namespace, results, complaints);
        }
    }

    private void play(
            Sandbox sandbox,
            String name,
            List<Scene> scenes,
            @Nullable Namespace namespace,
            List<SceneResult> results,
            List<String> complaints) {
        progress.accept(scenes.size() + " cases " + (namespace == null ? "on loopback" : "in a network namespace"));
        try (Stage stage = Stage.open(sandbox, name, jar, scenes, namespace)) {
            stage.play();
            if (peers) {
                for (Tool tool : Peers.installed()) {
                    progress.accept("the same with " + tool);
                    stage.playPeers(tool, FreePorts.takeLasting(1), namespace);
                }
            }
            results.addAll(stage.results());
            complaints.addAll(stage.complaints());
        }
    }
}
