package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.LaneKernel;

/// One lane's margin, from weights that were gathered: Σ w x in the order of the entries, however many. Lanes learn by
/// [Lanes].
final class LinearInOrder implements ScalarLearner {
    private final Linear linear = new Linear();

    @Override
    public float gathered(Kernel kernel, float[] cells, float[] x, int n) {
        return LaneKernel.dot(cells, x, n);
    }

    @Override
    public void contributions(float[] cells, float[] x, int n, double[] into) {
        linear.contributions(cells, x, n, into);
    }

    @Override
    public float margin(Kernel kernel, float[] cells, int each, Entries row) {
        throw new UnsupportedOperationException("lanes are learned side by side");
    }

    @Override
    public boolean step(Kernel kernel, Optimizer optimizer, float[] cells, Row row, ScalarLoss loss, float gradient) {
        throw new UnsupportedOperationException("lanes are learned side by side");
    }
}
