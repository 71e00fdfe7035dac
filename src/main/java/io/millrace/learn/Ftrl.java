package io.millrace.learn;

import io.millrace.kernel.DeviceStep;
import io.millrace.kernel.Kernel;

/// FTRL-Proximal, per coordinate. A cell is w, z, n. With g = gradient · x: σ = (√(n + g²) - √n) / α; z ← z +
/// g - σ w; n ← n + g²; w = 0 where |z| ≤ l1, else -(z - sign(z) l1) / ((β + √n) / α + l2). α is the learning
/// rate, and at least [#LEAST]: it divides. It has no schedule: with σ between two alphas the weight would no longer be
/// the one that z stands for.
///
/// **Source**: McMahan et al., *Ad Click Prediction: a View from the Trenches*, KDD 2013, algorithm 1.
record Ftrl(Schedule rate, float beta, Shrink shrink) implements Optimizer.OnDevice {
    static final float LEAST = 1e-12f;

    @Override
    public int stride() {
        return 3;
    }

    /// Its z is the one that has the value for its w.
    @Override
    public void begin(float[] cells, int at, float value, long t) {
        cells[at] = value;
        cells[at + 1] = -Math.fma(value, beta / rate(t) + shrink.l2(), Math.copySign(shrink.l1(), value));
    }

    private float rate(long t) {
        return Math.max(LEAST, rate.rate(t));
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, ScalarLoss loss, float gradient) {
        if (!kernel.bounded(row.entries, gradient)) {
            return false;
        }
        kernel.ftrl(cells, row.entries, gradient, rate(row.t), beta, shrink.l1(), shrink.l2());
        return true;
    }

    @Override
    public void begin(DeviceStep device, long t) {
        device.begin(beta / rate(t) + shrink.l2(), shrink.l1());
    }

    @Override
    public boolean step(DeviceStep device, long t) {
        if (!device.bounded()) {
            return false;
        }
        device.ftrl(rate(t), beta, shrink.l1(), shrink.l2());
        return true;
    }
}
