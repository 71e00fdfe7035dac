package io.millrace.learn;

import io.millrace.kernel.DeviceStep;
import io.millrace.kernel.Kernel;

/// AdaGrad and RMSProp. A cell is w, G. With g = gradient · x: G ← keep G + take g²;
/// w ← w - rate · g / (√G + ε).
///
/// AdaGrad keeps and takes all. RMSProp keeps β2 and takes 1 - β2; it is lazy: G fades only when an example
/// touches the weight.
///
/// **Source**: Duchi, Hazan and Singer, *Adaptive Subgradient Methods for Online Learning and Stochastic
/// Optimization*, JMLR 12, 2011, figure 1 with the diagonal matrix; ε is its δ. Tieleman and Hinton, *Neural
/// Networks for Machine Learning*, lecture 6.5, 2012.
record Adaptive(Schedule rate, float keep, float take, float epsilon, Shrink shrink) implements Optimizer.OnDevice {
    static Adaptive adaGrad(Schedule rate, float epsilon, Shrink shrink) {
        return new Adaptive(rate, 1, 1, epsilon, shrink);
    }

    static Adaptive rmsProp(Schedule rate, float beta2, float epsilon, Shrink shrink) {
        return new Adaptive(rate, beta2, 1 - beta2, epsilon, shrink);
    }

    @Override
    public int stride() {
        return 2;
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, ScalarLoss loss, float gradient) {
        if (!kernel.bounded(row.entries, gradient)) {
            return false;
        }
        kernel.adaptive(cells, row.entries, gradient, rate.rate(row.t), keep, take, epsilon, shrink.l1(), shrink.l2());
        return true;
    }

    @Override
    public boolean step(DeviceStep device, long t) {
        if (!device.bounded()) {
            return false;
        }
        device.adaptive(rate.rate(t), keep, take, epsilon, shrink.l1(), shrink.l2());
        return true;
    }
}
