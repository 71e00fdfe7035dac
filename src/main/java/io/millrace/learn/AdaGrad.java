package io.millrace.learn;

import io.millrace.kernel.Kernel;

/// A cell is w, G. With g = gradient · x: G ← G + g²; w ← w - rate · g / (√G + ε).
///
/// **Source**: Duchi, Hazan and Singer, *Adaptive Subgradient Methods for Online Learning and Stochastic
/// Optimization*, JMLR 12, 2011, figure 1 with the diagonal matrix; ε is its δ.
record AdaGrad(Schedule rate, float epsilon, Shrink shrink) implements Optimizer {
    @Override
    public int stride() {
        return 2;
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, Loss loss, float gradient) {
        if (!kernel.bounded(row.x, row.offset, row.n, gradient)) {
            return false;
        }
        kernel.adaptive(
                cells,
                row.indices,
                row.from,
                row.x,
                row.offset,
                row.n,
                gradient,
                rate.rate(row.t),
                1,
                1,
                epsilon,
                shrink.l1(),
                shrink.l2());
        return true;
    }
}
