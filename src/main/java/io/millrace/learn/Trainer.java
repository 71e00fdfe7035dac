package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.schema.ScalerState;
import io.millrace.schema.TrainerState;
import java.util.Arrays;
import java.util.List;

/// Test, then train: the whole of learning without Kafka. One thread.
///
/// Of each example, in order: numbers are scaled with what was seen before it, the learner makes its margin, the
/// prediction is scored, the weights take one step, then the scalers count its numbers. A step that can't be
/// taken, because the margin, the step or a weight would not be finite or the label is none of the loss, is
/// counted and changes no weight.
public final class Trainer {
    private final Kernel kernel;
    private final Loss loss;
    private final Learner learner;
    private final Optimizer optimizer;
    private final Cells cells;
    private final Progress progress;
    private final Scaler[] scalers;
    private final Row row = new Row();
    /// Most that a gradient counts as.
    private final float clip;
    private float[] scaled = new float[64];
    private long examples;
    private long refused;
    private long eventTime = Long.MIN_VALUE;

    /// With the scalar kernel.
    public Trainer(LearnConfig config, List<NumberFeature> numbers) {
        this(config, numbers, Kernel.scalar());
    }

    /// @param numbers the number features that every row starts with
    /// @param kernel of this trainer alone; all of them give the same bits
    public Trainer(LearnConfig config, List<NumberFeature> numbers, Kernel kernel) {
        this.kernel = kernel;
        loss = Loss.of(config);
        clip = (float) config.optimizer().clip().orElse(Float.MAX_VALUE);
        learner = Learner.of(config);
        optimizer = Optimizer.of(config.optimizer());
        cells = new Cells(config.bits(), config.parameters(), optimizer.stride());
        progress = loss.progress();
        scalers = numbers.stream().map(number -> new Scaler(number.scale())).toArray(Scaler[]::new);
    }

    /// Bytes that a trainer of this config takes, nearly all of them its cells: `floats a cell · 4 · 2^bits`.
    public static long bytes(LearnConfig config) {
        return Cells.bytes(
                config.bits(),
                config.parameters() * Optimizer.of(config.optimizer()).stride());
    }

    /// Predicts, scores and learns each example in order. Leaves `batch` untouched, trusts its indices, and
    /// allocates nothing.
    ///
    /// @throws IllegalArgumentException if its rows start with another count of numbers
    public void learn(Examples batch) {
        check(batch);
        cells.change(batch.indices, batch.rows[batch.size]);
        for (var row = 0; row < batch.size; row++) {
            learn(batch, row);
        }
    }

    private void learn(Examples batch, int at) {
        var from = batch.rows[at];
        var n = batch.rows[at + 1] - from;
        var label = batch.labels[at];
        var weight = batch.weights[at];
        var x = batch.values;
        var offset = from;
        if (scalers.length > 0) {
            x = scale(batch, from, n);
            offset = 0;
        }
        var margin = margin(row.entries.of(batch.indices, from, x, offset, n));
        var prediction = loss.predict(margin);
        examples++;
        if (loss.accepts(label)) {
            progress.add(prediction, label, weight);
            if (!step(margin, label, weight)) {
                refused++;
            }
        } else {
            refused++;
        }
        for (var k = 0; k < scalers.length; k++) {
            scalers[k].update(batch.values[from + k]);
        }
        eventTime = Math.max(eventTime, batch.times[at]);
    }

    private boolean step(float margin, float label, float weight) {
        if (!(Math.abs(margin) <= Float.MAX_VALUE)) {
            return false;
        }
        var slope = weight * loss.gradient(margin, label);
        if (!(Math.abs(slope) <= Float.MAX_VALUE)) {
            return false;
        }
        row.margin = margin;
        row.label = label;
        row.weight = weight;
        row.t = examples;
        return learner.step(kernel, optimizer, cells.data, row, loss, Math.max(-clip, Math.min(clip, slope)));
    }

    /// A row's values with its numbers scaled, in an array of this trainer.
    private float[] scale(Examples batch, int from, int n) {
        if (scaled.length < n) {
            scaled = new float[2 * n];
        }
        var x = scaled;
        for (var j = scalers.length; j < n; j++) {
            x[j] = batch.values[from + j];
        }
        for (var k = 0; k < scalers.length; k++) {
            x[k] = scalers[k].scale(batch.values[from + k]);
        }
        return x;
    }

    /// The prediction for one row, learning nothing: probability of label 1, or the value itself. Always finite.
    ///
    /// @throws IllegalArgumentException if rows of `batch` start with another count of numbers
    public float predict(Examples batch, int at) {
        check(batch);
        var from = batch.rows[at];
        var n = batch.rows[at + 1] - from;
        var entries = row.entries.of(batch.indices, from, scale(batch, from, n), 0, n);
        return loss.predict(margin(entries));
    }

    private float margin(Entries entries) {
        return learner.margin(kernel, cells.data, cells.each, entries);
    }

    private void check(Examples batch) {
        if (batch.numbers != scalers.length) {
            throw new IllegalArgumentException(
                    "the batch has " + batch.numbers + " number features a row: expected " + scalers.length);
        }
    }

    public Cells cells() {
        return cells;
    }

    /// Examples learned.
    public long examples() {
        return examples;
    }

    /// Steps not taken because they were not finite, or the label was none of the loss.
    public long refused() {
        return refused;
    }

    /// Latest event time learned, milliseconds since 1970; `Long.MIN_VALUE` before the first example.
    public long eventTime() {
        return eventTime;
    }

    public Progress progress() {
        return progress;
    }

    /// Name of the kernel, for manifests.
    public String kernel() {
        return kernel.name();
    }

    /// A copy of the scalers' statistics, in the order of the number features.
    public List<ScalerState> scalers() {
        return Arrays.stream(scalers).map(Scaler::state).toList();
    }

    /// A copy of all that is learned and is not a cell.
    public TrainerState state() {
        return new TrainerState(examples, refused, eventTime, scalers(), progress.state(), optimizer.state());
    }

    /// Goes on from a state; the cells are restored apart.
    ///
    /// @throws IllegalArgumentException if it has other scalers or metrics
    public void restore(TrainerState state) {
        var known = state.getScalers();
        if (known.size() != scalers.length) {
            throw new IllegalArgumentException(
                    "the state has " + known.size() + " scalers: expected " + scalers.length);
        }
        progress.restore(state.getProgress());
        optimizer.restore(state.getOptimizer());
        for (var k = 0; k < scalers.length; k++) {
            scalers[k].restore(known.get(k));
        }
        examples = state.getExamples();
        refused = state.getRefused();
        eventTime = state.getEventTime();
    }

    /// Back to before the first example.
    public void reset() {
        cells.clear();
        progress.reset();
        optimizer.reset();
        for (var scaler : scalers) {
            scaler.reset();
        }
        examples = 0;
        refused = 0;
        eventTime = Long.MIN_VALUE;
    }

    /// Sum of [Cells#mix] over the non-zero parameters, modulo 2^64.
    public long digest() {
        return cells.digest();
    }
}
