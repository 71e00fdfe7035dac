package io.millrace.learn;

import io.millrace.kernel.Exp;

/// ℓ = -y ln p - (1 - y) ln(1 - p) with p = 1 / (1 + e^-m); dℓ/dm = p - y.
final class LogisticLoss extends ClassLoss {
    /// Below it a step of Euler's is as good as the flow.
    private static final double TINY = 1e-6;
    /// A step shorter than this is the last: its cube is beyond a double's digits.
    private static final double NEAR = 1e-5;

    private static final int MOST_STEPS = 20;

    @Override
    public float predict(float margin) {
        return Exp.sigmoid(margin);
    }

    @Override
    public float gradient(float margin, float label) {
        return Exp.sigmoid(margin) - label;
    }

    @Override
    public float gradient(float margin, float prediction, float label) {
        return prediction - label;
    }

    /// With z = ±m, positive where the sign is right: z' = 1 / (1 + e^z), so z + e^z grows by s.
    ///
    /// The root is found by Halley's method, whose steps each triple the right digits, from the right: Euler's step
    /// goes too far, as the flow gets slower. Where s is small it needs two of them.
    @Override
    public double flow(double margin, float label, double s) {
        var sign = sign(label);
        var z = Math.max(-Exp.MARGIN, Math.min(Exp.MARGIN, sign * margin));
        var e = Exp.exp(z);
        var euler = s / (1 + e);
        if (s < TINY) {
            return margin + sign * euler;
        }
        var end = z + e + s;
        return margin + sign * (root(end, s > 1 ? Math.min(z + euler, beyond(end)) : z + euler) - z);
    }

    /// A place right of the root of z + e^z = c, far steps need one: e^z ≤ c where z ≥ 0, and z ≤ c anyway.
    private static double beyond(double c) {
        return c > 1 ? StrictMath.log(c) : c;
    }

    /// Where z + e^z = c, from a place right of it.
    private static double root(double c, double from) {
        var z = from;
        for (var step = 0; step < MOST_STEPS; step++) {
            var e = Exp.exp(z);
            var off = z + e - c;
            var slope = 1 + e;
            var back = 2 * off * slope / (2 * slope * slope - off * e);
            z -= back;
            if (Math.abs(back) < NEAR) {
                break;
            }
        }
        return z;
    }
}
