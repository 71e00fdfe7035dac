package io.millrace.evaluate;

/// What one prediction of the probabilities of several classes costs.
final class Multiclass {
    private Multiclass() {}

    /// −ln of the probability given to the class that came, at most 24 ln 2.
    static double log(double given) {
        return -StrictMath.log(Math.max(given, ClassificationProgress.LEAST));
    }

    /// Σ over the classes of (p − y)², y being 1 for the class that came, else 0: from 0 to 2.
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
