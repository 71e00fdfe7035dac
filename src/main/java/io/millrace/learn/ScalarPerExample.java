package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Kernel;

/// [PerExample] of one margin, which goes from the dot product to the step in a register: by way of arrays of one
/// number the next example, which waits for the step, waits 5 ns longer.
final class ScalarPerExample extends PerExample {
    private final ScalarLoss loss;
    private final ScalarLearner learner;

    ScalarPerExample(LearnConfig config, ScalarLoss loss, ScalarLearner learner, Progress progress, Kernel kernel) {
        super(config, loss, learner, progress, kernel);
        this.loss = loss;
        this.learner = learner;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // one array where there is one kind of value
    boolean learn(Examples batch, int at, float[] x, float[] stepped) {
        var from = batch.rows[at];
        var n = batch.rows[at + 1] - from;
        var margin = learner.margin(kernel, cells.data, cells.each, row.entries.of(batch.indices, from, x, from, n));
        var prediction = loss.predict(margin);
        predictions[at] = prediction;
        if (stepped != x) {
            row.entries.of(batch.indices, from, stepped, from, n);
            margin = learner.margin(kernel, cells.data, cells.each, row.entries);
            prediction = loss.predict(margin);
        }
        row.margin = margin;
        var slope = row.weight * loss.gradient(margin, prediction, row.label);
        if (!(Math.abs(margin) <= Float.MAX_VALUE && Math.abs(slope) <= Float.MAX_VALUE)) {
            return false;
        }
        if (Math.abs(slope) > clip) {
            slope = Math.copySign(clip, slope);
        }
        return learner.step(kernel, optimizer, cells.data, row, loss, slope);
    }
}
