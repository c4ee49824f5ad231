package dev.weir.loadtest.skew;

import dev.weir.loadtest.plot.Charts;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Three charts beside each other: requests in flight at each backend in a part of the first round, without and with the cluster; and
 * of all rounds, for how much of the time the most loaded backend had at most so many.
 */
final class SkewPlot {
    /** Few enough that single lines can be told from each other. */
    private static final int SHOWN_STEPS = 600;

    /** A file of a readable size: every sixth step. */
    private static final int STRIDE = 6;

    private static final double STEPS_PER_SECOND = 1e9 / Skew.STEP_NANOS;

    private final Plan plan;
    private final List<Round> rounds;

    SkewPlot(Plan plan, List<Round> rounds) {
        this.plan = plan;
        this.rounds = rounds;
    }

    /** @throws IOException also if this machine lacks what Java needs to measure text */
    void write(Path file) throws IOException {
        Charts.write(file, () -> List.of(overTime(Arm.LOCAL), overTime(Arm.CLUSTER), distribution()));
    }

    private XYChart overTime(Arm arm) {
        XYChart chart = Charts.chart(
                plan.nodes() + " nodes, " + arm.title(),
                "seconds",
                "in flight at each of " + plan.backends() + " backends");
        chart.getStyler().setYAxisMin(0.0).setYAxisMax((double) mostShown()).setLegendVisible(false);
        List<int[]> series = first(arm);
        List<Double> seconds = new ArrayList<>();
        for (int step = 0; step < series.size(); step += STRIDE) {
            seconds.add(step / STEPS_PER_SECOND);
        }
        for (int i = 0; i < plan.backends(); i++) {
            List<Integer> loads = new ArrayList<>();
            for (int step = 0; step < series.size(); step += STRIDE) {
                loads.add(series.get(step)[i]);
            }
            chart.addSeries("backend " + (i + 1), seconds, loads)
                    .setMarker(SeriesMarkers.NONE)
                    .setLineWidth(1f)
                    .setLineColor(colour(arm));
        }
        return chart;
    }

    private XYChart distribution() {
        XYChart chart =
                Charts.chart("most loaded backend", "requests in flight there", "% of the time, at most so many");
        for (Arm arm : Arm.values()) {
            List<Double> share = new ArrayList<>();
            List<Integer> loads = new ArrayList<>();
            List<Round> own =
                    rounds.stream().filter(round -> round.arm() == arm).toList();
            int most = own.stream().mapToInt(round -> round.skew().most()).max().orElseThrow();
            for (int load = 0; load <= most; load++) {
                loads.add(load);
                share.add(100 * within(own, load));
            }
            chart.addSeries(arm.title(), loads, share)
                    .setMarker(SeriesMarkers.CIRCLE)
                    .setMarkerColor(colour(arm))
                    .setLineWidth(1.8f)
                    .setLineColor(colour(arm));
        }
        return chart;
    }

    private static double within(List<Round> rounds, int load) {
        return rounds.stream()
                .map(round -> round.skew().within())
                .mapToDouble(within -> within.get(Math.min(load, within.size() - 1)))
                .average()
                .orElseThrow();
    }

    /** So that both charts over time have the same scale. */
    private int mostShown() {
        int most = 1;
        for (Arm arm : Arm.values()) {
            for (int[] loads : first(arm)) {
                for (int load : loads) {
                    most = Math.max(most, load);
                }
            }
        }
        return most;
    }

    private List<int[]> first(Arm arm) {
        List<int[]> series = rounds.stream()
                .filter(round -> round.arm() == arm)
                .findFirst()
                .orElseThrow()
                .skew()
                .series();
        return series.subList(0, Math.min(SHOWN_STEPS, series.size()));
    }

    private static Color colour(Arm arm) {
        return switch (arm) {
            case LOCAL -> new Color(0x4c72b0);
            case CLUSTER -> new Color(0x2a8f4f);
        };
    }
}
