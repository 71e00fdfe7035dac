package io.millrace.replay;

import io.millrace.evaluate.Progress;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The progressive loss as CSV: a line every [#STEP] examples with the loss over all of them, the decayed loss, and
/// that of the best
/// constant so far.
public final class LossCurve implements Closeable {
    /// Examples from one point to the next, at least.
    public static final long STEP = 10_000;

    private final Writer out;
    private final List<String> metrics;
    private long next = STEP;

    /// @param metric that is the loss: `log-loss` or `rmse`
    public LossCurve(Path file, String metric) throws IOException {
        this(Files.newBufferedWriter(file), metric);
    }

    LossCurve(Writer out, String metric) throws IOException {
        this.out = new BufferedWriter(out);
        metrics = List.of(metric, metric + ".decayed", metric + ".constant");
        this.out.write("examples," + String.join(",", metrics) + "\n");
    }

    /// Adds a point if it is due.
    void learned(long examples, Progress progress) throws IOException {
        if (examples < next) {
            return;
        }
        next = (examples / STEP + 1) * STEP;
        var values = progress.metrics();
        var line = new StringBuilder().append(examples);
        for (var metric : metrics) {
            line.append(',').append(values.getOrDefault(metric, Double.NaN));
        }
        out.write(line.append('\n').toString());
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
