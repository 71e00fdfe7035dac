package io.millrace.learn;

/// ℓ = max(0, 1 - z), z = m for label 1 and -m for label 0; dℓ/dz = -1 where z < 1, else 0.
///
/// The margin is no log-odds: the prediction is (m + 1) / 2 within [0, 1], the share of the way from one side
/// to the other (Zadrozny and Elkan, *Transforming Classifier Scores into Accurate Multiclass Probability
/// Estimates*, KDD 2002).
final class HingeLoss extends ClassLoss {
    @Override
    public float predict(float margin) {
        return share(margin);
    }

    static float share(float margin) {
        return Float.isNaN(margin) ? 0.5f : (Math.max(-1, Math.min(1, margin)) + 1) / 2;
    }

    @Override
    public float gradient(float margin, float label) {
        var sign = sign(label);
        return sign * margin < 1 ? -sign : 0;
    }

    @Override
    public double flow(double margin, float label, double s) {
        var sign = sign(label);
        var left = 1 - sign * margin;
        return left > 0 ? margin + sign * Math.min(s, left) : margin;
    }
}
