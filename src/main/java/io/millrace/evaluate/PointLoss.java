package io.millrace.evaluate;

import java.util.Locale;

/// What one prediction costs, as versions are compared by it: the mean over examples is the metric, or its square.
public enum PointLoss {
    /// −ln q, q the probability given to the label that came, at least 2^-24; in nats.
    LOG_LOSS,
    /// (p − y)², of a probability; of several, the sum over them.
    BRIER,
    /// |p − y|, in units of the label.
    MAE,
    /// (p − y)², in squared units of the label: the mean's root is the metric.
    RMSE;

    /// Whether it is of probabilities, not of numbers.
    public boolean ofClasses() {
        return this == LOG_LOSS || this == BRIER;
    }

    /// As it is written, such as `log-loss`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The one that [#word] writes so.
    ///
    /// @throws IllegalArgumentException if there is none
    public static PointLoss ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /// @param predictions as [Outcome] says
    /// @param at where the prediction begins
    /// @param outputs numbers that it has
    /// @param label as [Outcome] says
    public double of(float[] predictions, int at, int outputs, float label) {
        if (outputs == 1) {
            return of(predictions[at], label);
        }
        return this == BRIER
                ? Multiclass.brier(predictions, at, outputs, (int) label)
                : Multiclass.log(predictions[at + (int) label]);
    }

    /// The same for a prediction that is one number.
    ///
    /// @param prediction probability of label 1, or a finite number
    /// @param label 0 or 1, or a finite number
    public double of(float prediction, float label) {
        var error = (double) prediction - label;
        return switch (this) {
            case LOG_LOSS -> Losses.log(prediction, label == 1);
            case BRIER -> Losses.brier(prediction, label == 1);
            case MAE -> Math.abs(error);
            case RMSE -> error * error;
        };
    }
}
