package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// The progressive loss as a picture: the model's over each window of examples and over all so far, and the best
/// constant's over each window. Reads well on light and on dark.
final class LossPicture {
    /// One line of the curve's CSV.
    private record Point(double examples, double model, double constant) {}

    /// Where a window ends, and the mean losses in it.
    private record Window(double examples, double model, double constant, double cumulative) {}

    /// Points of the CSV to a window.
    private static final int WINDOW = 5;

    private static final int WIDTH = 880;
    private static final int HEIGHT = 420;
    private static final int LEFT = 64;
    private static final int RIGHT = 20;
    private static final int TOP = 56;
    private static final int BOTTOM = 50;
    private static final String STYLE = """
            <style>
              .paper { fill: #ffffff } .grid { stroke: #d8dee4; stroke-width: 1 } text { fill: #1f2328; font: 13px sans-serif }
              .line { fill: none; stroke-width: 2; stroke-linejoin: round } .model { stroke: #0969da } .constant { stroke: #9a6700 }
              .cumulative { stroke: #1a7f37; stroke-dasharray: 7 4 }
              @media (prefers-color-scheme: dark) {
                .paper { fill: #0d1117 } .grid { stroke: #30363d } text { fill: #e6edf3 }
                .model { stroke: #58a6ff } .constant { stroke: #e3b341 } .cumulative { stroke: #3fb950 }
              }
            </style>
            """;

    private final List<Window> windows;
    private final double most;
    private final double low;
    private final double high;

    private LossPicture(List<Window> windows) {
        this.windows = windows;
        most = windows.getLast().examples();
        low = Math.floor(20 * least()) / 20;
        high = Math.ceil(20 * greatest()) / 20;
    }

    private double least() {
        return windows.stream()
                .mapToDouble(window -> Math.min(window.model(), window.constant()))
                .min()
                .orElseThrow();
    }

    private double greatest() {
        return windows.stream()
                .mapToDouble(window -> Math.max(window.model(), window.constant()))
                .max()
                .orElseThrow();
    }

    /// @param csv as `io.millrace.replay.LossCurve` writes it
    static String of(Path csv) throws IOException {
        var points =
                Files.readAllLines(csv).stream().skip(1).map(LossPicture::point).toList();
        var windows = new ArrayList<Window>();
        var before = new Point(0, 0, 0);
        for (var i = WINDOW - 1; i < points.size(); i += WINDOW) {
            var now = points.get(i);
            windows.add(new Window(
                    now.examples(), mean(before, now, Point::model), mean(before, now, Point::constant), now.model()));
            before = now;
        }
        return new LossPicture(windows).draw();
    }

    private static Point point(String line) {
        var cells = line.split(",", -1);
        return new Point(Double.parseDouble(cells[0]), Double.parseDouble(cells[1]), Double.parseDouble(cells[3]));
    }

    /// The mean between two points, from the means up to each.
    private static double mean(Point from, Point to, ToDoubleFunction<Point> loss) {
        return (to.examples() * loss.applyAsDouble(to) - from.examples() * loss.applyAsDouble(from))
                / (to.examples() - from.examples());
    }

    private String draw() {
        var svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
                .formatted(WIDTH, HEIGHT));
        svg.append("<title>Progressive log loss over %,.0f flights: %.4f at the end</title>%n"
                .formatted(most, windows.getLast().cumulative()));
        svg.append(STYLE).append(text("<rect class=\"paper\" width=\"%d\" height=\"%d\"/>", WIDTH, HEIGHT));
        grid(svg);
        line(svg, "constant", Window::constant);
        line(svg, "model", Window::model);
        line(svg, "cumulative", Window::cumulative);
        var last = windows.getLast();
        legend(
                svg,
                0,
                "model",
                "Millrace, each %,.0f flights".formatted(windows.getFirst().examples()));
        legend(svg, 270, "cumulative", "Millrace, all so far: %.4f".formatted(last.cumulative()));
        legend(
                svg,
                520,
                "constant",
                "best constant so far, each %,.0f".formatted(windows.getFirst().examples()));
        return svg.append("</svg>\n").toString();
    }

    private void grid(StringBuilder svg) {
        for (var tick = Math.round(20 * low); tick <= Math.round(20 * high); tick++) {
            var y = y(tick / 20.0);
            svg.append(text("<path class=\"grid\" d=\"M%d %.1f H%d\"/>", LEFT, y, WIDTH - RIGHT));
            svg.append(text("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>", LEFT - 8, y + 4, tick / 20.0));
        }
        for (var half = 0; half * 500_000.0 <= most * 1.001; half++) {
            var x = x(half * 500_000.0);
            svg.append(text("<path class=\"grid\" d=\"M%.1f %d V%d\"/>", x, TOP, HEIGHT - BOTTOM));
            svg.append(text(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.1f</text>",
                    x, HEIGHT - BOTTOM + 20, half / 2.0));
        }
        svg.append(text(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">flights learned, millions</text>",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10));
        svg.append(text(
                "<text x=\"16\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 16 %d)\">log loss</text>",
                (TOP + HEIGHT - BOTTOM) / 2, (TOP + HEIGHT - BOTTOM) / 2));
    }

    private void line(StringBuilder svg, String kind, ToDoubleFunction<Window> loss) {
        var path = new StringBuilder();
        for (var window : windows) {
            path.append("%s%.1f %.1f"
                    .formatted(path.isEmpty() ? "M" : " L", x(window.examples()), y(loss.applyAsDouble(window))));
        }
        svg.append(text("<path class=\"line %s\" d=\"%s\"/>", kind, path));
    }

    private static void legend(StringBuilder svg, int offset, String kind, String words) {
        var x = LEFT + offset;
        svg.append(text("<path class=\"line %s\" d=\"M%d 28 h28\"/>", kind, x));
        svg.append(text("<text x=\"%d\" y=\"32\">%s</text>", x + 36, words));
    }

    private double x(double examples) {
        return LEFT + (WIDTH - LEFT - RIGHT) * examples / most;
    }

    private double y(double loss) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - loss) / (high - low);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }
}
