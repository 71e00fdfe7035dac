package io.millrace.evaluate;

/// What one prediction of probabilities costs.
final class Losses {
    /// The least probability that is scored: what is predicted is beyond it (`io.millrace.kernel.Exp`).
    static final double LEAST = 0x1p-24;

    private Losses() {}

    /// −ln of the probability given to what came, at most 24 ln 2.
    static double log(double given) {
        return -StrictMath.log(Math.max(given, LEAST));
    }

    /// The same of a probability of label 1.
    static double log(double p, boolean one) {
        return log(one ? p : 1 - p);
    }

    /// 1 where the likelier label came, else 0.
    static double hit(double p, boolean one) {
        return p >= Progress.POSITIVE == one ? 1 : 0;
    }

    /// (p − y)².
    static double brier(double p, boolean one) {
        var error = one ? 1 - p : p;
        return error * error;
    }

    /// Σ over several classes of (p − y)², y being 1 for the class that came, else 0: from 0 to 2.
    ///
    /// **Source**: Brier, *Verification of Forecasts Expressed in Terms of Probability*, Monthly Weather Review 78,
    /// 1950, equation 2.
    static double brier(float[] predictions, int at, int classes, int label) {
        var sum = 0.0;
        for (var k = 0; k < classes; k++) {
            var error = (double) predictions[at + k] - (k == label ? 1 : 0);
            sum += error * error;
        }
        return sum;
    }
}
