package io.millrace.learn;

/// ℓ = (m - y)²; dℓ/dm = 2 (m - y).
final class SquaredLoss extends NumberLoss {
    @Override
    public float gradient(float margin, float label) {
        return 2 * (margin - label);
    }

    @Override
    public double flow(double margin, float label, double s) {
        return label + (margin - label) * StrictMath.exp(-2 * s);
    }
}
