package io.millrace.evaluate;

import java.util.Locale;
import java.util.Map;

/// The losses that versions can be compared by, which are metrics too. What one prediction costs: [Cost].
public enum PointLoss {
    LOG_LOSS,
    BRIER,
    MAE,
    RMSE,
    /// Of a quantile, as the loss `quantile` learns it.
    PINBALL,
    /// Of an expectile, as the loss `expectile` learns it.
    EXPECTILE,
    /// As the loss `huber` learns it.
    HUBER,
    /// As the loss `poisson` learns it.
    POISSON;

    /// Whether it is of probabilities, not of numbers.
    public boolean ofClasses() {
        return this == LOG_LOSS || this == BRIER;
    }

    /// Whether it is a metric only where it is what the model learns by.
    public boolean isOwn() {
        return compareTo(RMSE) > 0;
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

    /// What the loss is called that people are told first of a model with such metrics.
    public static String told(Map<String, ?> metrics) {
        for (var loss : values()) {
            if ((loss == LOG_LOSS || loss.isOwn()) && metrics.containsKey(loss.word())) {
                return loss.word();
            }
        }
        return RMSE.word();
    }
}
