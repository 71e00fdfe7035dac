package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Mean absolute and root mean squared error of the model and of two baselines, and what they cost by a loss of the
/// model's own.
final class RegressionProgress implements Progress {
    private static final int MODEL = 0;
    private static final int CONSTANT = 1;
    private static final int LAST_LABEL = 2;
    private static final int PREDICTORS = 3;
    private static final String[] SUFFIXES = {"", ".constant", ".last-label"};

    private final @Nullable Cost own;
    /// Absolute errors at `predictor`, squared ones at `PREDICTORS + predictor`, own costs at `2 * PREDICTORS +
    /// predictor`.
    private final Sums sums;

    private final NumberLabels labels = new NumberLabels();

    RegressionProgress(@Nullable Cost own) {
        this.own = own;
        sums = new Sums((own == null ? 2 : 3) * PREDICTORS);
    }

    @Override
    public void add(float[] predictions, int at, float label, float weight) {
        score(MODEL, predictions[at], label, weight);
        score(CONSTANT, labels.constant(), label, weight);
        score(LAST_LABEL, labels.last(), label, weight);
        labels.see(label, weight);
        if (sums.end(weight)) {
            sums.fold();
        }
    }

    private void score(int predictor, double prediction, float label, float weight) {
        var error = prediction - label;
        sums.add(predictor, weight * Math.abs(error));
        sums.add(PREDICTORS + predictor, weight * (error * error));
        if (own != null) {
            sums.add(2 * PREDICTORS + predictor, weight * own.of(prediction, label));
        }
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        if (sums.isEmpty()) {
            return metrics;
        }
        for (var predictor = 0; predictor < PREDICTORS; predictor++) {
            var suffix = SUFFIXES[predictor];
            metrics.put("mae" + suffix, sums.mean(predictor, 0));
            metrics.put("mae" + suffix + ".decayed", sums.decayedMean(predictor, 0));
            metrics.put("rmse" + suffix, Math.sqrt(sums.mean(PREDICTORS + predictor, 0)));
            metrics.put("rmse" + suffix + ".decayed", Math.sqrt(sums.decayedMean(PREDICTORS + predictor, 0)));
            if (own != null) {
                var name = own.loss().word() + suffix;
                metrics.put(name, sums.mean(2 * PREDICTORS + predictor, 0));
                metrics.put(name + ".decayed", sums.decayedMean(2 * PREDICTORS + predictor, 0));
            }
        }
        return metrics;
    }

    @Override
    public List<Double> state() {
        var state = new ArrayList<Double>();
        sums.writeTo(state);
        labels.writeTo(state);
        return state;
    }

    @Override
    public void restore(List<Double> state) {
        Sums.checkLength(state, state().size());
        var numbers = state.iterator();
        sums.readFrom(numbers);
        labels.readFrom(numbers);
    }

    @Override
    public void reset() {
        sums.reset();
        labels.reset();
    }
}
