package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The measures of the model and of two baselines, summed one by one.
final class MeasuredProgress implements Progress {
    /// Behind the names of metrics: of the model, and of the two baselines.
    static final String[] SUFFIXES = {"", ".constant", ".last-label"};

    private static final int MODEL = 0;
    private static final int CONSTANT = 1;
    private static final int LAST_LABEL = 2;
    private static final int PREDICTORS = 3;

    private final Measures measures;
    private final double[] costs;
    /// Of a measure at `measure * PREDICTORS + predictor`.
    private final Sums sums;

    private final Labels labels;

    MeasuredProgress(Outcome outcome) {
        measures = Measures.progressive(outcome);
        costs = new double[measures.count()];
        sums = new Sums(measures.count() * PREDICTORS);
        labels = Labels.of(outcome);
    }

    @Override
    public void add(float[] predictions, int at, float label, float weight) {
        measures.of(predictions, at, label, costs);
        count(MODEL, weight);
        labels.constant(measures, label, costs);
        count(CONSTANT, weight);
        labels.afterLast(measures, label, costs);
        count(LAST_LABEL, weight);
        labels.see(label, weight);
        if (sums.end(weight)) {
            sums.fold();
        }
    }

    private void count(int predictor, float weight) {
        for (var measure = 0; measure < costs.length; measure++) {
            sums.add(measure * PREDICTORS + predictor, weight * costs[measure]);
        }
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        if (sums.isEmpty()) {
            return metrics;
        }
        for (var predictor = 0; predictor < PREDICTORS; predictor++) {
            for (var measure = 0; measure < costs.length; measure++) {
                var name = measures.name(measure) + SUFFIXES[predictor];
                var at = measure * PREDICTORS + predictor;
                metrics.put(name, measures.metric(measure, sums.mean(at, 0)));
                metrics.put(name + ".decayed", measures.metric(measure, sums.decayedMean(at, 0)));
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
