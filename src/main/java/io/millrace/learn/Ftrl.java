package io.millrace.learn;

import io.millrace.kernel.Kernel;

/// FTRL-Proximal, per coordinate. A cell is w, z, n. With g = gradient · x: σ = (√(n + g²) - √n) / α; z ← z +
/// g - σ w; n ← n + g²; w = 0 where |z| ≤ l1, else -(z - sign(z) l1) / ((β + √n) / α + l2). α is the learning
/// rate.
///
/// **Source**: McMahan et al., *Ad Click Prediction: a View from the Trenches*, KDD 2013, algorithm 1.
record Ftrl(Schedule rate, float beta, Shrink shrink) implements Optimizer {
    @Override
    public int stride() {
        return 3;
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, Loss loss, float gradient) {
        if (!kernel.bounded(row.x, row.offset, row.n, gradient)) {
            return false;
        }
        kernel.ftrl(
                cells,
                row.indices,
                row.from,
                row.x,
                row.offset,
                row.n,
                gradient,
                rate.rate(row.t),
                beta,
                shrink.l1(),
                shrink.l2());
        return true;
    }
}
