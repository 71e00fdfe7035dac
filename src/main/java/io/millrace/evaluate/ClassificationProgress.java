package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Log loss and accuracy of the model and of two baselines.
///
/// The logarithm of a product is the sum of logarithms, so probabilities are multiplied, and one logarithm is taken
/// when the product falls under 1e-200 or a window ends: some 500 examples share it. The product is state.
final class ClassificationProgress implements Progress {
    private static final int MODEL = 0;
    private static final int CONSTANT = 1;
    private static final int LAST_LABEL = 2;
    private static final int PREDICTORS = 3;

    private static final double UNDERFLOW = 1e-200;

    /// Log loss at `predictor`, hits at `PREDICTORS + predictor`.
    private final Sums sums = new Sums(2 * PREDICTORS);
    /// By predictor: the product of probabilities not yet in its log loss.
    private final double[] products = {1, 1, 1};
    private final ClassLabels labels = new ClassLabels();

    ClassificationProgress() {}

    @Override
    public void add(float[] predictions, int at, float label, float weight) {
        var prediction = predictions[at];
        score(MODEL, prediction, label, weight);
        score(CONSTANT, labels.constant(), label, weight);
        score(LAST_LABEL, labels.afterLast(), label, weight);
        labels.see(label, weight);
        if (sums.end(weight)) {
            for (var predictor = 0; predictor < PREDICTORS; predictor++) {
                settle(predictor);
            }
            sums.fold();
        }
    }

    private void score(int predictor, double p, float label, float weight) {
        var q = Math.abs(1 - label - p);
        q = q > Losses.LEAST ? q : Losses.LEAST;
        if (weight == 1) {
            products[predictor] *= q;
            if (products[predictor] < UNDERFLOW) {
                settle(predictor);
            }
        } else {
            sums.add(predictor, -weight * StrictMath.log(q));
        }
        sums.add(PREDICTORS + predictor, weight * ((p >= POSITIVE ? 1 : 0) == (int) label ? 1 : 0));
    }

    private void settle(int predictor) {
        sums.add(predictor, -StrictMath.log(products[predictor]));
        products[predictor] = 1;
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        if (sums.isEmpty()) {
            return metrics;
        }
        for (var predictor = 0; predictor < PREDICTORS; predictor++) {
            var suffix = MeasuredProgress.SUFFIXES[predictor];
            var pending = -StrictMath.log(products[predictor]);
            metrics.put("log-loss" + suffix, sums.mean(predictor, pending));
            metrics.put("log-loss" + suffix + ".decayed", sums.decayedMean(predictor, pending));
            metrics.put("accuracy" + suffix, sums.mean(PREDICTORS + predictor, 0));
            metrics.put("accuracy" + suffix + ".decayed", sums.decayedMean(PREDICTORS + predictor, 0));
        }
        return metrics;
    }

    @Override
    public List<Double> state() {
        var state = new ArrayList<Double>();
        sums.writeTo(state);
        Sums.write(products, state);
        labels.writeTo(state);
        return state;
    }

    @Override
    public void restore(List<Double> state) {
        Sums.checkLength(state, state().size());
        var numbers = state.iterator();
        sums.readFrom(numbers);
        Sums.read(products, numbers);
        labels.readFrom(numbers);
    }

    @Override
    public void reset() {
        sums.reset();
        Arrays.fill(products, 1);
        labels.reset();
    }
}
