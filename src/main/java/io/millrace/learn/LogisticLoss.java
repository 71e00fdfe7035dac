package io.millrace.learn;

import io.millrace.kernel.Exp;

/// ℓ = -y ln p - (1 - y) ln(1 - p) with p = 1 / (1 + e^-m); dℓ/dm = p - y.
final class LogisticLoss extends ClassLoss {
    /// Below it a step of Euler's is as good as the flow.
    private static final double TINY = 1e-6;

    @Override
    public float predict(float margin) {
        return Exp.sigmoid(margin);
    }

    @Override
    public float gradient(float margin, float label) {
        return Exp.sigmoid(margin) - label;
    }

    /// With z = ±m, positive where the sign is right: z' = 1 / (1 + e^z), so z + e^z grows by s, and with the
    /// product logarithm W, z(s) = c - W(e^c), c = z + e^z + s.
    @Override
    public double flow(double margin, float label, double s) {
        var sign = sign(label);
        var z = Math.max(-Exp.MARGIN, Math.min(Exp.MARGIN, sign * margin));
        var e = StrictMath.exp(z);
        if (s < TINY) {
            return margin + sign * s / (1 + e);
        }
        return margin + sign * (minusProductLog(z + e + s) - z);
    }

    /// c - W(e^c), for c ≥ -16: a guess, and two steps of the fourth order.
    ///
    /// **Source**: Fritsch, Shafer and Crowley, *Solution of the transcendental equation w e^w = x*, CACM 16,
    /// 1973; the guesses are those of Vowpal Wabbit, which takes one step.
    private static double minusProductLog(double c) {
        var large = c >= 1;
        var w = large ? 0.86 * c + 0.01 : StrictMath.exp(0.8 * c - 0.65);
        w = nearer(w, large ? c - StrictMath.log(w) - w : 0.2 * c + 0.65 - w);
        return c - nearer(w, c - StrictMath.log(w) - w);
    }

    /// @param r c - ln w - w, which is 0 at the root
    private static double nearer(double w, double r) {
        var t = 1 + w;
        var u = 2 * t * (t + 2 * r / 3);
        return w * (1 + r / t * (u - r) / (u - 2 * r));
    }
}
