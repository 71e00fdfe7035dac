package io.millrace.learn;

import io.millrace.evaluate.Cost;
import io.millrace.evaluate.Outcome;
import io.millrace.evaluate.PointLoss;
import io.millrace.kernel.Exp;

/// ℓ = e^m - y m, the negative log likelihood of a count y with mean e^m but for what does not depend on m;
/// dℓ/dm = e^m - y. The prediction is the mean.
///
/// **Source**: McCullagh and Nelder, *Generalized Linear Models*, 1989, chapter 6: the log link.
final class PoissonLoss extends NumberLoss {
    /// Beyond it a mean counts as this: e^30 is 10^13.
    private static final float MOST = 30;

    @Override
    public Outcome outcome() {
        return Outcome.number(new Cost(PointLoss.POISSON));
    }

    @Override
    public float predict(float margin) {
        return Float.isNaN(margin) ? 1 : Exp.exp(clip(margin));
    }

    @Override
    public float gradient(float margin, float label) {
        return Exp.exp(clip(margin)) - label;
    }

    private static float clip(float margin) {
        return Math.max(-MOST, Math.min(MOST, margin));
    }

    /// With u = e^-m: u' = 1 - y u, so u(s) = u e^(-y s) + (1 - e^(-y s)) / y, and u + s where y is 0. Written so
    /// nothing
    /// cancels: u is as small as e^-30, 1 / y as large as you like.
    @Override
    public double flow(double margin, float label, double s) {
        var m = Math.max(-MOST, Math.min(MOST, margin));
        var u = StrictMath.exp(-m);
        var y = (double) label;
        var after = u * StrictMath.exp(-y * s) + (y == 0 ? s : -StrictMath.expm1(-y * s) / y);
        return margin + (-StrictMath.log(after) - m);
    }

    /// Counts: none below 0.
    @Override
    public boolean accepts(float label) {
        return label >= 0 && label <= Float.MAX_VALUE;
    }
}
