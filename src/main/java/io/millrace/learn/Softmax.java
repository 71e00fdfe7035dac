package io.millrace.learn;

import io.millrace.evaluate.Outcome;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.Outputs;

/// m_k = Σ w_k x: a linear learner for each class, side by side in a cell.
///
/// The slope of the loss by each weight, x (p_k - y_k), is to the optimizer what x is to it of a linear learner, at a
/// slope of 1 by the margin: each weight has one rule and accumulators of its own. Of the normalized adaptive step
/// that means that a weight's scale is that of its slope, and that the margins do not flow: its step is straight.
final class Softmax implements Learner {
    /// What steps are taken by where a slope is that of the loss itself.
    static final ScalarLoss STRAIGHT = new StraightLoss();

    private final int outputs;
    private final Gathered gathered = new Gathered();
    /// The row, weight by weight.
    private final Row laidOut = new Row();

    private final float[] each;
    private int[] numbers = {};
    private float[] slopes = {};

    Softmax(int outputs) {
        this.outputs = outputs;
        each = new float[outputs];
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public void margins(Kernel kernel, float[] cells, int each, Entries row, float[] into) {
        Outputs.dots(cells, each, outputs, row, into);
    }

    @Override
    public void gathered(Kernel kernel, float[] cells, float[] x, int n, float[] into) {
        Outputs.dots(cells, 1, outputs, gathered.of(x, 0, n), into);
    }

    @Override
    public void contributions(float[] cells, float[] x, int n, int output, double[] into) {
        for (var j = 0; j < n; j++) {
            into[j] = (double) cells[j * outputs + output] * x[j];
        }
    }

    @Override
    public boolean step(Kernel kernel, Optimizer optimizer, float[] cells, Row row, Loss loss, float[] gradients) {
        var n = row.entries.n * outputs;
        if (numbers.length < n) {
            numbers = new int[2 * n];
            slopes = new float[2 * n];
        }
        // What the example counts is the optimizer's to know, not the slope's.
        var weight = row.weight > 0 ? row.weight : 1;
        for (var k = 0; k < outputs; k++) {
            each[k] = gradients[k] / weight;
        }
        Outputs.slopes(outputs, row.entries, each, numbers, slopes);
        laidOut.entries.of(numbers, 0, slopes, 0, n);
        laidOut.like(row);
        laidOut.margin = 0;
        return optimizer.step(kernel, cells, laidOut, STRAIGHT, weight);
    }

    /// ℓ = m.
    private static final class StraightLoss implements ScalarLoss {
        @Override
        public Outcome outcome() {
            return Outcome.NUMBER;
        }

        @Override
        public float predict(float margin) {
            return margin;
        }

        @Override
        public float gradient(float margin, float label) {
            return 1;
        }

        @Override
        public double flow(double margin, float label, double s) {
            return margin - s;
        }

        @Override
        public boolean accepts(float label) {
            return true;
        }
    }
}
