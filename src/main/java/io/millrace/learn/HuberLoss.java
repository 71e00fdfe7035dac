package io.millrace.learn;

import io.millrace.evaluate.Cost;
import io.millrace.evaluate.Outcome;
import io.millrace.evaluate.PointLoss;

/// ℓ = e² / 2 where |e| ≤ δ, else δ (|e| - δ / 2), with e = m - y; dℓ/dm = e within ±δ.
///
/// **Source**: Huber, *Robust Estimation of a Location Parameter*, Annals of Mathematical Statistics 35, 1964.
final class HuberLoss extends NumberLoss {
    private final double given;
    private final float delta;

    HuberLoss(double delta) {
        given = delta;
        this.delta = (float) delta;
    }

    @Override
    public Outcome outcome() {
        return Outcome.number(new Cost(PointLoss.HUBER, given));
    }

    @Override
    public float gradient(float margin, float label) {
        return Math.max(-delta, Math.min(delta, margin - label));
    }

    /// At speed δ as far as |e| = δ, from there on e fades like e^-s.
    @Override
    public double flow(double margin, float label, double s) {
        var e = margin - label;
        var far = Math.max(0, Math.abs(e) - delta);
        var straight = Math.min(s, far / delta);
        var at = Math.copySign(Math.abs(e) - delta * straight, e);
        return label + at * StrictMath.exp(straight - s);
    }
}
