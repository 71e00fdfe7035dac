package io.millrace.learn;

import io.millrace.kernel.Kernel;

/// A cell is w, G. With g = gradient · x: G ← β2 G + (1 - β2) g²; w ← w - rate · g / (√G + ε).
///
/// Lazy: G fades only when an example touches the weight.
///
/// **Source**: Tieleman and Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012.
record RmsProp(Schedule rate, float beta2, float epsilon, Shrink shrink) implements Optimizer {
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
                beta2,
                1 - beta2,
                epsilon,
                shrink.l1(),
                shrink.l2());
        return true;
    }
}
