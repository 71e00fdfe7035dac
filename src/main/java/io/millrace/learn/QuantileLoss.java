package io.millrace.learn;

import io.millrace.evaluate.Cost;
import io.millrace.evaluate.Outcome;
import io.millrace.evaluate.PointLoss;

/// ℓ = τ (y - m) where m < y, else (1 - τ) (m - y): the pinball loss, least at the τ-quantile of y.
///
/// **Source**: Koenker and Bassett, *Regression Quantiles*, Econometrica 46, 1978.
final class QuantileLoss extends NumberLoss {
    private final double given;
    private final float tau;

    QuantileLoss(double tau) {
        given = tau;
        this.tau = (float) tau;
    }

    @Override
    public Outcome outcome() {
        return Outcome.number(new Cost(PointLoss.PINBALL, given));
    }

    @Override
    public float gradient(float margin, float label) {
        return margin < label ? -tau : margin > label ? 1 - tau : 0;
    }

    /// At a constant speed as far as y, never past it.
    @Override
    public double flow(double margin, float label, double s) {
        return margin < label ? Math.min(label, margin + tau * s) : Math.max(label, margin - (1 - tau) * s);
    }
}
