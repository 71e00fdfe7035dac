package io.millrace.learn;

import io.millrace.kernel.DeviceStep;
import io.millrace.kernel.Kernel;
import java.util.List;

/// A cell is w, m, v. With g = gradient · x: m ← β1 m + (1 - β1) g; v ← β2 v + (1 - β2) g²;
/// w ← w - α_t m / (√v + ε), α_t = rate · √(1 - β2^t) / (1 - β1^t).
///
/// Lazy: the moments of a weight fade and move it only when an example touches it; t counts all steps.
///
/// **Source**: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015, algorithm 1 in the
/// order of the end of section 2, where ε is ε̂.
final class Adam implements Optimizer.OnDevice {
    /// A power below it changes no bit of a float.
    private static final double NO_BIT = 0x1p-60;

    private final Schedule rate;
    private final double beta1;
    private final double beta2;
    private final float epsilon;
    private final Shrink shrink;
    /// β1^t and β2^t; 0 once they make no difference.
    private double power1 = 1;

    private double power2 = 1;

    Adam(Schedule rate, double beta1, double beta2, float epsilon, Shrink shrink) {
        this.rate = rate;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.shrink = shrink;
    }

    double beta1() {
        return beta1;
    }

    double beta2() {
        return beta2;
    }

    float epsilon() {
        return epsilon;
    }

    @Override
    public int stride() {
        return 3;
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, ScalarLoss loss, float gradient) {
        if (!kernel.bounded(row.entries, gradient)) {
            return false;
        }
        var eta = rate.rate(row.t);
        kernel.adam(cells, row.entries, gradient, alpha(eta), (float) beta1, (float) beta2, epsilon);
        if (shrink.isOn()) {
            kernel.shrink(cells, 3, row.entries, eta * shrink.l1(), eta * shrink.l2());
        }
        return true;
    }

    @Override
    public boolean step(DeviceStep device, long t) {
        if (!device.bounded()) {
            return false;
        }
        var eta = rate.rate(t);
        device.adam(alpha(eta), (float) beta1, (float) beta2, epsilon);
        if (shrink.isOn()) {
            device.shrink(eta * shrink.l1(), eta * shrink.l2());
        }
        return true;
    }

    /// α of the next step.
    private float alpha(float eta) {
        power1 = power(power1, beta1);
        power2 = power(power2, beta2);
        return (float) (eta * Math.sqrt(1 - power2) / (1 - power1));
    }

    static double power(double before, double beta) {
        var after = before * beta;
        return after < NO_BIT ? 0 : after;
    }

    @Override
    public List<Double> state() {
        return List.of(power1, power2);
    }

    @Override
    public void restore(List<Double> state) {
        Optimizer.checkLength(state, 2);
        power1 = state.get(0);
        power2 = state.get(1);
    }

    @Override
    public void reset() {
        power1 = 1;
        power2 = 1;
    }
}
