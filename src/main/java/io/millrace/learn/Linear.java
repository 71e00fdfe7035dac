package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;

/// m = Σ w x. The constant feature's weight is the intercept.
final class Linear implements ScalarLearner {
    @Override
    public float margin(Kernel kernel, float[] cells, int each, Entries row) {
        return kernel.dot(cells, each, row);
    }

    @Override
    public float gathered(Kernel kernel, float[] cells, float[] x, int n) {
        return kernel.dot(cells, x, n);
    }

    @Override
    public void contributions(float[] cells, float[] x, int n, double[] into) {
        for (var j = 0; j < n; j++) {
            into[j] = (double) cells[j] * x[j];
        }
    }

    @Override
    public boolean step(Kernel kernel, Optimizer optimizer, float[] cells, Row row, ScalarLoss loss, float gradient) {
        return optimizer.step(kernel, cells, row, loss, gradient);
    }
}
