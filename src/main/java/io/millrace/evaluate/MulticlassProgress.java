package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Log loss and accuracy of the model and of two baselines, over several classes.
final class MulticlassProgress implements Progress {
    private static final String[] SUFFIXES = {"", ".constant", ".last-label"};
    private static final int PREDICTORS = SUFFIXES.length;

    private final int classes;
    /// Log loss at `predictor`, hits at `PREDICTORS + predictor`.
    private final Sums sums = new Sums(2 * PREDICTORS);

    private final ClassCounts labels;
    private final float[] baseline;

    MulticlassProgress(int classes) {
        this.classes = classes;
        labels = new ClassCounts(classes);
        baseline = new float[classes];
    }

    @Override
    public void add(float[] predictions, int at, float label, float weight) {
        var came = (int) label;
        score(0, predictions, at, came, weight);
        labels.constant(baseline);
        score(1, baseline, 0, came, weight);
        labels.afterLast(baseline);
        score(2, baseline, 0, came, weight);
        labels.see(came, weight);
        if (sums.end(weight)) {
            sums.fold();
        }
    }

    private void score(int predictor, float[] p, int at, int came, float weight) {
        sums.add(predictor, weight * Multiclass.log(p[at + came]));
        sums.add(PREDICTORS + predictor, Outcome.likeliest(p, at, classes) == came ? weight : 0);
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        if (sums.isEmpty()) {
            return metrics;
        }
        for (var predictor = 0; predictor < PREDICTORS; predictor++) {
            var suffix = SUFFIXES[predictor];
            metrics.put("log-loss" + suffix, sums.mean(predictor, 0));
            metrics.put("log-loss" + suffix + ".decayed", sums.decayedMean(predictor, 0));
            metrics.put("accuracy" + suffix, sums.mean(PREDICTORS + predictor, 0));
            metrics.put("accuracy" + suffix + ".decayed", sums.decayedMean(PREDICTORS + predictor, 0));
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
