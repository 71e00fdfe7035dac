package io.millrace.learn;

import io.millrace.evaluate.Cost;
import io.millrace.evaluate.Outcome;
import io.millrace.evaluate.PointLoss;

/// ℓ = k (m - y)² with k = τ where m < y, else 1 - τ: least at the τ-expectile of y.
///
/// **Source**: Newey and Powell, *Asymmetric Least Squares Estimation and Testing*, Econometrica 55, 1987.
final class ExpectileLoss extends NumberLoss {
    private final double given;
    private final float tau;

    ExpectileLoss(double tau) {
        given = tau;
        this.tau = (float) tau;
    }

    @Override
    public Outcome outcome() {
        return Outcome.number(new Cost(PointLoss.EXPECTILE, given));
    }

    @Override
    public float gradient(float margin, float label) {
        return 2 * side(margin, label) * (margin - label);
    }

    @Override
    public double flow(double margin, float label, double s) {
        return label + (margin - label) * StrictMath.exp(-2 * side(margin, label) * s);
    }

    private float side(double margin, float label) {
        return margin < label ? tau : 1 - tau;
    }
}
