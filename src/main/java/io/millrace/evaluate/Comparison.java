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
    private static final int CLASS_MEASURES = 3;

    private final Outcome outcome;
    private final boolean classes;
    private final @Nullable Cost own;
    private final int numberMeasures;
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
        classes = outcome.ofClasses();
        heldOut = new HeldOut[predictors];
        Arrays.setAll(heldOut, _ -> outcome.heldOut());
        own = outcome.own();
        numberMeasures = own == null ? 2 : 3;
        labels = predictors * (classes ? CLASS_MEASURES : numberMeasures);
        bootstrap = new Bootstrap(labels + (classes ? 0 : 2), seed);
    }

    /// For labels 0 and 1.
    ///
    /// @param seed of the draws
    public static Comparison classification(int predictors, long seed) {
        return new Comparison(Outcome.BINARY, predictors, seed);
    }

    /// For labels that are numbers.
    ///
    /// @param seed of the draws
    public static Comparison regression(int predictors, long seed) {
        return new Comparison(Outcome.NUMBER, predictors, seed);
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
        if (!classes) {
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
        if (outcome.isMulticlass()) {
            var from = predictor * CLASS_MEASURES;
            var came = (int) label;
            bootstrap.add(from, weight * Multiclass.log(prediction[came]));
            bootstrap.add(from + 1, Outcome.likeliest(prediction, 0, outcome.outputs()) == came ? weight : 0);
            bootstrap.add(from + 2, weight * Multiclass.brier(prediction, 0, outcome.outputs(), came));
        } else if (classes) {
            var from = predictor * CLASS_MEASURES;
            var one = label == 1;
            bootstrap.add(from, weight * Losses.log(prediction[0], one));
            bootstrap.add(from + 1, weight * Losses.hit(prediction[0], one));
            bootstrap.add(from + 2, weight * Losses.brier(prediction[0], one));
        } else {
            var from = predictor * numberMeasures;
            var error = prediction[0] - (double) label;
            bootstrap.add(from, weight * Math.abs(error));
            bootstrap.add(from + 1, weight * (error * error));
            if (own != null) {
                bootstrap.add(from + 2, weight * own.of(prediction[0], label));
            }
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
        if (classes) {
            var from = predictor * CLASS_MEASURES;
            means.put("log-loss", m -> m[from]);
            means.put("accuracy", m -> m[from + 1]);
            means.put("brier", m -> m[from + 2]);
        } else {
            var from = predictor * numberMeasures;
            means.put("mae", m -> m[from]);
            means.put("rmse", m -> Math.sqrt(m[from + 1]));
            if (own != null) {
                means.put(own.loss().word(), m -> m[from + 2]);
            }
            means.put("r2", m -> 1 - m[from + 1] / (m[labels + 1] - m[labels] * m[labels]));
        }
        return means;
    }
}
