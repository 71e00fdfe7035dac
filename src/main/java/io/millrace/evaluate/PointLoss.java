package io.millrace.evaluate;

/// What one prediction costs, as versions are compared by it: the mean over examples is the metric, or its square.
public enum PointLoss {
    /// −ln q, q the probability given to the label that came, at least 2^-24; in nats.
    LOG_LOSS,
    /// (p − y)², of a probability.
    BRIER,
    /// |p − y|, in units of the label.
    MAE,
    /// (p − y)², in squared units of the label: the mean's root is the metric.
    RMSE;

    private static final double LEAST = 0x1p-24;

    /// Whether it is of probabilities and labels 0 and 1, not of numbers.
    public boolean ofClasses() {
        return this == LOG_LOSS || this == BRIER;
    }

    /// @param prediction probability of label 1, or a finite number
    /// @param label 0 or 1, or a finite number
    public double of(float prediction, float label) {
        var error = (double) prediction - label;
        return switch (this) {
            case LOG_LOSS -> {
                var q = label == 1 ? prediction : 1.0 - prediction;
                yield -StrictMath.log(q > LEAST ? q : LEAST);
            }
            case BRIER, RMSE -> error * error;
            case MAE -> Math.abs(error);
        };
    }
}
