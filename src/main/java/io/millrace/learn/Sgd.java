package io.millrace.learn;

import io.millrace.kernel.DeviceStep;
import io.millrace.kernel.Kernel;

/// Stochastic gradient descent: w ← w - rate · gradient · x. A cell is w.
record Sgd(Schedule rate, Shrink shrink) implements Optimizer.OnDevice {
    @Override
    public int stride() {
        return 1;
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, ScalarLoss loss, float gradient) {
        var eta = rate.rate(row.t);
        if (!kernel.addScaled(cells, 1, row.entries, -eta * gradient)) {
            return false;
        }
        if (shrink.isOn()) {
            kernel.shrink(cells, 1, row.entries, eta * shrink.l1(), eta * shrink.l2());
        }
        return true;
    }

    @Override
    public boolean step(DeviceStep device, long t) {
        var eta = rate.rate(t);
        if (!device.addScaled(-eta)) {
            return false;
        }
        if (shrink.isOn()) {
            device.shrink(eta * shrink.l1(), eta * shrink.l2());
        }
        return true;
    }
}
