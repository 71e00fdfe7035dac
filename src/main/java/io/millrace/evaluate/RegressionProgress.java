package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Mean absolute and root mean squared error of the model and of two baselines.
final class RegressionProgress implements Progress {
    private static final int MODEL = 0;
    private static final int CONSTANT = 1;
    private static final int LAST_LABEL = 2;
    private static final int PREDICTORS = 3;
    private static final String[] SUFFIXES = {"", ".constant", ".last-label"};

    /// Absolute errors at `predictor`, squared ones at `PREDICTORS + predictor`.
    private final Sums sums = new Sums(2 * PREDICTORS);

    private final NumberLabels labels = new NumberLabels();

    RegressionProgress() {}

    @Override
    public void add(float[] predictions, int at, float label, float weight) {
        var prediction = predictions[at];
        score(MODEL, prediction - (double) label, weight);
        score(CONSTANT, labels.constant() - label, weight);
        score(LAST_LABEL, labels.last() - label, weight);
        labels.see(label, weight);
        if (sums.end(weight)) {
            sums.fold();
        }
    }

    private void score(int predictor, double error, float weight) {
        sums.add(predictor, weight * Math.abs(error));
        sums.add(PREDICTORS + predictor, weight * (error * error));
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
