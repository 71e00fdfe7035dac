package io.millrace.learn;

/// ℓ = 0 where z ≥ 1, (1 - z)² / 2 where 0 < z < 1, 1/2 - z below; z = m for label 1 and -m for label 0. The
/// prediction is that of [HingeLoss].
///
/// **Source**: Rennie and Srebro, *Loss Functions for Preference Levels*, 2005, section 3.2.
final class SmoothedHingeLoss extends ClassLoss {
    @Override
    public float predict(float margin) {
        return HingeLoss.share(margin);
    }

    @Override
    public float gradient(float margin, float label) {
        var sign = sign(label);
        return -sign * Math.max(0, Math.min(1, 1 - sign * margin));
    }

    /// At speed 1 as far as z = 0, from there on 1 - z fades like e^-s.
    @Override
    public double flow(double margin, float label, double s) {
        var sign = sign(label);
        var z = sign * margin;
        if (z >= 1) {
            return margin;
        }
        var straight = Math.min(s, Math.max(0, -z));
        var at = z + straight;
        return sign * (1 - (1 - at) * StrictMath.exp(straight - s));
    }
}
