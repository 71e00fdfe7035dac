package io.millrace.evaluate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Several predictors on the same held-out examples: the figures of each and the difference of any two, with 95 %
/// intervals by [Bootstrap]. Differences are paired: in every draw both are of the same groups.
///
/// For each example call [#example], then [#predicted] once for each predictor.
public final class Comparison {
    private final Outcome outcome;
    private final Measures measures;
    private final double[] costs;
    private final HeldOut[] heldOut;
    private final Bootstrap bootstrap;
    /// For regression: where the mean of labels less `origin` stands, before that of their squares.
    private final int labels;

    private float label;
    private float weight;
    private long group;
    private float origin;
    private Bootstrap.@Nullable Draws draws;

    /// @param seed of the draws
    public Comparison(Outcome outcome, int predictors, long seed) {
        this.outcome = outcome;
        measures = Measures.heldOut(outcome);
        costs = new double[measures.count()];
        heldOut = new HeldOut[predictors];
        Arrays.setAll(heldOut, _ -> outcome.heldOut());
        labels = predictors * costs.length;
        bootstrap = new Bootstrap(labels + (outcome.ofClasses() ? 0 : 2), seed);
    }

    /// Begins an example.
    ///
    /// @param label as [Outcome] says
    /// @param weight how often it counts; 0 or more
    /// @param group hash of its group, as in a block's `groups`
    public void example(float label, float weight, long group) {
        if (examples() == 0) {
            origin = label;
        }
        this.label = label;
        this.weight = weight;
        this.group = group;
        draws = null;
        bootstrap.example(group, weight);
        if (!outcome.ofClasses()) {
            var shifted = (double) label - origin;
            bootstrap.add(labels, weight * shifted);
            bootstrap.add(labels + 1, weight * (shifted * shifted));
        }
    }

    /// What a predictor said of the example begun.
    ///
    /// @param prediction as [Outcome] says
    public void predicted(int predictor, float... prediction) {
        heldOut[predictor].add(prediction, 0, label, weight, group);
        measures.of(prediction, 0, label, costs);
        for (var measure = 0; measure < costs.length; measure++) {
            bootstrap.add(predictor * costs.length + measure, weight * costs[measure]);
        }
    }

    /// Examples that every predictor was asked about.
    public long examples() {
        return heldOut[heldOut.length - 1].examples();
    }

    /// Groups among them, as the draws count them.
    public int groups() {
        return bootstrap.groups();
    }

    /// Figures of a predictor over all examples, without the decayed ones of [HeldOut]; `.low` and `.high` by
    /// resampled groups. Empty before the first example of any weight; without intervals where there is one group.
    public Map<String, Double> figures(int predictor) {
        var figures = new LinkedHashMap<String, Double>();
        heldOut[predictor].metrics().forEach((name, value) -> {
            if (!name.contains(".decayed") && !name.endsWith(".low") && !name.endsWith(".high")) {
                figures.put(name, value);
            }
        });
        figures.replace("groups", (double) groups());
        means(predictor).forEach((name, figure) -> {
            if (figures.containsKey(name)) {
                putInterval(figures, name, figure);
            }
        });
        return figures;
    }

    /// The calibration table of a predictor; empty for regression.
    public Map<String, Double> calibration(int predictor) {
        return heldOut[predictor].calibration();
    }

    /// Figures of one predictor less those of another: below 0 is better of losses and errors, above 0 of `accuracy`
    /// and `r2`.
    public Map<String, Double> difference(int predictor, int other) {
        var differences = new LinkedHashMap<String, Double>();
        var means = bootstrap.means();
        var subtracted = means(other);
        means(predictor).forEach((name, figure) -> {
            ToDoubleFunction<double[]> difference = m -> figure.applyAsDouble(m)
                    - subtracted.getOrDefault(name, figure).applyAsDouble(m);
            var value = difference.applyAsDouble(means);
            if (Double.isFinite(value)) {
                differences.put(name, value);
                putInterval(differences, name, difference);
            }
        });
        return differences;
    }

    private void putInterval(Map<String, Double> figures, String name, ToDoubleFunction<double[]> figure) {
        if (groups() < 2) {
            return;
        }
        if (draws == null) {
            draws = bootstrap.draw();
        }
        var interval = draws.interval(figure);
        if (Double.isFinite(interval.low()) && Double.isFinite(interval.high())) {
            figures.put(name + ".low", interval.low());
            figures.put(name + ".high", interval.high());
        }
    }

    /// The figures that are functions of means.
    private Map<String, ToDoubleFunction<double[]>> means(int predictor) {
        var means = new LinkedHashMap<String, ToDoubleFunction<double[]>>();
        for (var k = 0; k < costs.length; k++) {
            var measure = k;
            var at = predictor * costs.length + k;
            means.put(measures.name(k), m -> measures.metric(measure, m[at]));
        }
        if (!outcome.ofClasses()) {
            var square = predictor * costs.length + 1;
            means.put("r2", m -> 1 - m[square] / (m[labels + 1] - m[labels] * m[labels]));
        }
        return means;
    }
}
