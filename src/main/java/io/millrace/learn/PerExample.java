package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import java.nio.ByteBuffer;
import java.util.List;

/// One learner with one optimizer, which takes a step after every example.
///
/// A step that can't be taken, because a margin, the step or a parameter would not be finite or the label is none of
/// the loss, changes nothing. Predictions are scored when all of a batch are there, in their order.
class PerExample implements Estimator {
    final Kernel kernel;
    final Optimizer optimizer;
    final Cells cells;
    final Row row = new Row();
    /// Most that a gradient counts as.
    final float clip;
    /// Of the examples of a batch, one behind the other.
    float[] predictions = {};

    private final Loss loss;
    private final Learner learner;
    private final Progress progress;
    private final int outputs;
    private final float[] margins;
    private final float[] prediction;
    private final float[] gradients;

    PerExample(LearnConfig config, Loss loss, Learner learner, Progress progress, Kernel kernel) {
        this.kernel = kernel;
        this.loss = loss;
        this.learner = learner;
        this.progress = progress;
        optimizer = Optimizer.of(config.optimizer());
        cells = new Cells(config.cells(), config.parameters(), optimizer.stride());
        clip = (float) config.optimizer().clip().orElse(Float.MAX_VALUE);
        outputs = learner.outputs();
        margins = new float[outputs];
        prediction = new float[outputs];
        gradients = new float[outputs];
    }

    static PerExample of(LearnConfig config, Loss loss, Progress progress, Kernel kernel) {
        var learner = Learner.of(config);
        return loss instanceof ScalarLoss one && learner instanceof ScalarLearner alone
                ? new ScalarPerExample(config, one, alone, progress, kernel)
                : new PerExample(config, loss, learner, progress, kernel);
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public void predict(Entries entries, float[] into) {
        learner.margins(kernel, cells.data, cells.each, entries, margins);
        loss.predict(margins, into);
    }

    @Override
    public int learn(Examples batch, float[] x, long t) {
        return learn(batch, x, x, t);
    }

    @Override
    public int learn(Examples batch, float[] x, float[] stepped, long t) {
        if (predictions.length < batch.size * outputs) {
            predictions = new float[2 * batch.size * outputs];
        }
        var refused = 0;
        for (var at = 0; at < batch.size; at++) {
            cells.change(batch.indices, batch.rows[at], batch.rows[at + 1]);
            row.label = batch.labels[at];
            row.weight = batch.weights[at];
            row.t = t + at;
            refused += loss.accepts(row.label) && learn(batch, at, x, stepped) ? 0 : 1;
        }
        score(batch);
        return refused;
    }

    /// A loop of its own: beside the steps, which wait for one another, it made them wait longer. Apart, and without
    /// branches, metrics take 13 ns an example of nine entries less.
    private void score(Examples batch) {
        for (var at = 0; at < batch.size; at++) {
            if (loss.accepts(batch.labels[at])) {
                progress.add(predictions, at * outputs, batch.labels[at], batch.weights[at]);
            }
        }
    }

    /// Predicts one example of the batch, which the row is about, and takes its step.
    ///
    /// @return whether it was taken
    @SuppressWarnings("ReferenceEquality") // one array where there is one kind of value
    boolean learn(Examples batch, int at, float[] x, float[] stepped) {
        var from = batch.rows[at];
        var n = batch.rows[at + 1] - from;
        predict(row.entries.of(batch.indices, from, x, from, n), prediction);
        System.arraycopy(prediction, 0, predictions, at * outputs, outputs);
        if (stepped != x) {
            predict(row.entries.of(batch.indices, from, stepped, from, n), prediction);
        }
        for (var margin : margins) {
            if (!(Math.abs(margin) <= Float.MAX_VALUE)) {
                return false;
            }
        }
        row.margin = margins[0];
        loss.gradient(margins, prediction, row.label, gradients);
        for (var k = 0; k < outputs; k++) {
            var slope = row.weight * gradients[k];
            if (!(Math.abs(slope) <= Float.MAX_VALUE)) {
                return false;
            }
            gradients[k] = Math.max(-clip, Math.min(clip, slope));
        }
        return learner.step(kernel, optimizer, cells.data, row, loss, gradients);
    }

    @Override
    public List<Double> state() {
        return optimizer.state();
    }

    @Override
    public void restore(List<Double> state, ByteBuffer pending) {
        Estimator.checkNoneWaits(pending);
        optimizer.restore(state);
    }

    @Override
    public void reset() {
        cells.clear();
        optimizer.reset();
    }

    @Override
    public String kernel() {
        return kernel.name();
    }
}
