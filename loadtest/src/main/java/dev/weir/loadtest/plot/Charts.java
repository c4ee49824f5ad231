package dev.weir.loadtest.plot;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Charts of one look that are written beside each other. */
public final class Charts {
    private static final int WIDTH = 460;
    private static final int HEIGHT = 360;

    private Charts() {}

    /** An empty one. */
    public static XYChart chart(String title, String x, String y) {
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

    /**
     * @param charts made only here: to make one already takes fonts
     * @throws IOException also if this machine lacks what Java needs to measure text
     */
    public static void write(Path file, Supplier<List<XYChart>> charts) throws IOException {
        try {
            Files.writeString(file, svg(charts.get()), StandardCharsets.UTF_8);
        } catch (InternalError | LinkageError e) { // what AWT throws without fontconfig or any font
            throw new IOException(
                    "this machine has no font that Java can use; install one, such as fonts-dejavu-core", e);
        }
    }

    private static String svg(List<XYChart> charts) throws IOException {
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
}
