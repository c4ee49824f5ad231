package dev.weir.loadtest.simulation;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Three charts beside each other: the most loaded backend over time, of three nodes; and spread and latency over the number of
 * nodes, for a hundred backends. All with least-requests.
 */
final class Plot {
    private static final String STRATEGY = "least-requests";
    private static final int[] NODES = {1, 2, 3, 5, 10, 20, 50, 100};
    private static final int WIDTH = 460;
    private static final int HEIGHT = 360;
    private static final int SHOWN_SAMPLES = 100;

    private final Scenario base;
    private final Function<Scenario, Result> simulate;

    Plot(Scenario base, Function<Scenario, Result> simulate) {
        this.base = base;
        this.simulate = simulate;
    }

    /** @throws IOException also if this machine lacks what Java needs to measure text */
    void write(Path file) throws IOException {
        try {
            Files.writeString(file, svg(), StandardCharsets.UTF_8);
        } catch (InternalError | LinkageError e) { // what AWT throws without fontconfig or any font
            throw new IOException(
                    "this machine has no font that Java can use; install one, such as fonts-dejavu-core", e);
        }
    }

    private String svg() throws IOException {
        List<XYChart> charts = charts();
        SVGGraphics2D graphics = graphics();
        graphics.setSVGCanvasSize(new Dimension(WIDTH * charts.size(), HEIGHT));
        for (XYChart chart : charts) {
            chart.paint(graphics, WIDTH, HEIGHT);
            graphics.translate(WIDTH, 0);
        }
        StringWriter text = new StringWriter();
        graphics.stream(text, true);
        return text.toString();
    }

    private static SVGGraphics2D graphics() throws IOException {
        try {
            SVGGeneratorContext context = SVGGeneratorContext.createDefault(DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument("http://www.w3.org/2000/svg", "svg", null));
            context.setPrecision(1); // decimals of a pixel
            return new SVGGraphics2D(context, false);
        } catch (ParserConfigurationException e) {
            throw new IOException("this Java has no XML parser", e);
        }
    }

    private List<XYChart> charts() {
        XYChart time = chart("3 nodes, 10 backends", "seconds", "most loaded backend / mean");
        XYChart spread = chart("100 backends", "nodes", "most loaded backend / mean");
        XYChart latency = chart("100 backends", "nodes", "p99 latency, ms");
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

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        chart.getStyler()
                .setLegendPosition(LegendPosition.InsideNW)
                .setLegendFont(font)
                .setChartTitleFont(font.deriveFont(14f))
                .setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setAxisTitleFont(font).setAxisTickLabelsFont(font).setMarkerSize(5);
        return chart;
    }
}
