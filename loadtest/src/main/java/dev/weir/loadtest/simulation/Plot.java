package dev.weir.loadtest.simulation;

import dev.weir.loadtest.plot.Charts;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Three charts beside each other: the most loaded backend over time, of three nodes; and spread and latency over the number of
 * nodes, for a hundred backends. All with least-requests.
 */
final class Plot {
    private static final String STRATEGY = "least-requests";
    private static final int[] NODES = {1, 2, 3, 5, 10, 20, 50, 100};
    private static final int SHOWN_SAMPLES = 100;

    private final Scenario base;
    private final Function<Scenario, Result> simulate;

    Plot(Scenario base, Function<Scenario, Result> simulate) {
        this.base = base;
        this.simulate = simulate;
    }

    /** @throws IOException also if this machine lacks what Java needs to measure text */
    void write(Path file) throws IOException {
        Charts.write(file, this::charts);
    }

    private List<XYChart> charts() {
        XYChart time = Charts.chart("3 nodes, 10 backends", "seconds", "most loaded backend / mean");
        XYChart spread = Charts.chart("100 backends", "nodes", "most loaded backend / mean");
        XYChart latency = Charts.chart("100 backends", "nodes", "p99 latency, ms");
        time.getStyler().setLegendVisible(false);
        latency.getStyler().setLegendVisible(false);
        spread.getStyler().setXAxisLogarithmic(true);
        latency.getStyler().setXAxisLogarithmic(true);
        for (Knowledge knowledge : Knowledge.values()) {
            Result three = simulate.apply(base.with(STRATEGY, knowledge).with(3, 10));
            add(time, knowledge, three);
            List<Result> results = new ArrayList<>();
            for (int nodes : NODES) {
                results.add(simulate.apply(base.with(STRATEGY, knowledge).with(nodes, 100)));
            }
            add(spread, knowledge, results, Result::peak);
            add(latency, knowledge, results, Result::p99Millis);
        }
        return List.of(time, spread, latency);
    }

    private static void add(XYChart chart, Knowledge knowledge, Result result) {
        List<Double> peaks =
                result.peaks().subList(0, Math.min(SHOWN_SAMPLES, result.peaks().size()));
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < peaks.size(); i++) {
            seconds.add(i / 100.0);
        }
        chart.addSeries(knowledge.title(), seconds, peaks)
                .setMarker(SeriesMarkers.NONE)
                .setLineWidth(1.4f)
                .setLineColor(colour(knowledge));
    }

    private static void add(XYChart chart, Knowledge knowledge, List<Result> results, ToDoubleFunction<Result> value) {
        List<Integer> nodes =
                results.stream().map(result -> result.scenario().nodes()).toList();
        List<Double> values = results.stream().map(value::applyAsDouble).toList();
        chart.addSeries(knowledge.title(), nodes, values)
                .setMarker(SeriesMarkers.CIRCLE)
                .setMarkerColor(colour(knowledge))
                .setLineWidth(1.8f)
                .setLineColor(colour(knowledge));
    }

    private static Color colour(Knowledge knowledge) {
        return switch (knowledge) {
            case LOCAL -> new Color(0x4c72b0);
            case NAIVE -> new Color(0xc44e52);
            case SHARED -> new Color(0x2a8f4f);
            case ONE_NODE -> new Color(0x999999);
        };
    }
}
