package io.millrace.evaluate;

/// What one prediction of a probability costs.
final class Losses {
    private Losses() {}

    /// −ln of the probability given to the label that came, at most 24 ln 2.
    static double log(double p, boolean one) {
        return -StrictMath.log(Math.max(one ? p : 1 - p, ClassificationProgress.LEAST));
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
}
