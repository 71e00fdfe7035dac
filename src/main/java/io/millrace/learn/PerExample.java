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
/// the loss, changes nothing.
final class PerExample implements Estimator {
    private final Kernel kernel;
    private final Loss loss;
    private final Learner learner;
    private final Optimizer optimizer;
    private final Cells cells;
    private final Progress progress;
    private final Row row = new Row();
    private final float[] margins;
    private final float[] prediction;
    private final float[] gradients;
    /// Most that a gradient counts as.
    private final float clip;

    PerExample(LearnConfig config, Loss loss, Progress progress, Kernel kernel) {
        this.kernel = kernel;
        this.loss = loss;
        this.progress = progress;
        learner = Learner.of(config);
        optimizer = Optimizer.of(config.optimizer());
        cells = new Cells(config.cells(), config.parameters(), optimizer.stride());
        clip = (float) config.optimizer().clip().orElse(Float.MAX_VALUE);
        margins = new float[learner.outputs()];
        prediction = new float[learner.outputs()];
        gradients = new float[learner.outputs()];
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
    @SuppressWarnings("ReferenceEquality") // one array where there is one kind of value
    public int learn(Examples batch, float[] x, float[] stepped, long t) {
        cells.change(batch.indices, batch.rows[batch.size]);
        var refused = 0;
        for (var at = 0; at < batch.size; at++) {
            var from = batch.rows[at];
            row.label = batch.labels[at];
            row.weight = batch.weights[at];
            row.t = t + at;
            predict(row.entries.of(batch.indices, from, x, from, batch.rows[at + 1] - from), prediction);
            if (!loss.accepts(row.label)) {
                refused++;
                continue;
            }
            progress.add(prediction, 0, row.label, row.weight);
            if (stepped != x) {
                row.entries.of(batch.indices, from, stepped, from, batch.rows[at + 1] - from);
                learner.margins(kernel, cells.data, cells.each, row.entries, margins);
            }
            refused += step() ? 0 : 1;
        }
        return refused;
    }

    private boolean step() {
        for (var margin : margins) {
            if (!(Math.abs(margin) <= Float.MAX_VALUE)) {
                return false;
            }
        }
        row.margin = margins[0];
        loss.gradient(margins, row.label, gradients);
        for (var k = 0; k < gradients.length; k++) {
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
