package io.millrace.learn;

import io.millrace.kernel.DeviceStep;
import io.millrace.kernel.Kernel;

/// A cell is w, v. With g = gradient · x: v ← μ v - rate · g; w ← w + v, or Nesterov's w ← w + μ v - rate · g.
///
/// Lazy: the velocity of a weight fades and moves it only when an example touches it.
///
/// **Source**: Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and momentum in deep
/// learning*,
/// ICML 2013, equations 1 to 4; Nesterov's in the form of Bengio, Boulanger-Lewandowski and Pascanu,
/// *Advances in optimizing recurrent networks*, 2013, equation 7, where w is the point that gradients are
/// taken at.
record Momentum(Schedule rate, float mu, boolean nesterov, Shrink shrink) implements Optimizer.OnDevice {
    @Override
    public int stride() {
        return 2;
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, ScalarLoss loss, float gradient) {
        if (!kernel.bounded(row.entries, gradient)) {
            return false;
        }
        var eta = rate.rate(row.t);
        kernel.momentum(cells, row.entries, -eta * gradient, mu, nesterov);
        if (shrink.isOn()) {
            kernel.shrink(cells, 2, row.entries, eta * shrink.l1(), eta * shrink.l2());
        }
        return true;
    }

    @Override
    public boolean step(DeviceStep device, long t) {
        if (!device.bounded()) {
            return false;
        }
        var eta = rate.rate(t);
        device.momentum(-eta, mu, nesterov);
        if (shrink.isOn()) {
            device.shrink(eta * shrink.l1(), eta * shrink.l2());
        }
        return true;
    }
}
