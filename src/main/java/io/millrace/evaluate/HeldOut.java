package io.millrace.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/// Metrics over examples that no model learns, such as those of validation groups, beside the best constant so far.
/// The package lists names and formulas. The constant is learned from held-out labels alone, each predicted before it
/// is seen.
public final class HeldOut {
    /// The least probability that is scored.
    private static final double LEAST = 0x1p-24;

    private final boolean classes;
    private final Errors model = new Errors();
    private final Errors constant = new Errors();
    private long examples;
    private double seen;
    private double labels;

    private HeldOut(boolean classes) {
        this.classes = classes;
    }

    /// For labels 0 and 1.
    public static HeldOut classification() {
        return new HeldOut(true);
    }

    /// For labels that are numbers.
    public static HeldOut regression() {
        return new HeldOut(false);
    }

    /// Scores one prediction.
    ///
    /// @param prediction probability of label 1, or a finite number
    /// @param label 0 or 1, or a finite number
    /// @param weight how often the example counts; 0 or more
    public void add(float prediction, float label, float weight) {
        model.add(prediction, label, weight);
        constant.add(classes ? (labels + 1) / (seen + 2) : seen > 0 ? labels / seen : 0, label, weight);
        examples++;
        seen += weight;
        labels += (double) weight * label;
    }

    /// Examples scored.
    public long examples() {
        return examples;
    }

    /// Names and values; see the package. Empty before the first example.
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        if (seen > 0) {
            model.put(metrics, "");
            constant.put(metrics, ".constant");
        }
        return metrics;
    }

    /// Sums of what one predictor got wrong.
    private final class Errors {
        private double logs;
        private double hits;
        private double absolutes;
        private double squares;

        void add(double prediction, float label, float weight) {
            if (classes) {
                var q = label == 1 ? prediction : 1 - prediction;
                logs -= weight * StrictMath.log(q > LEAST ? q : LEAST);
                hits += prediction >= Progress.POSITIVE == (label == 1) ? weight : 0;
            }
            var error = prediction - label;
            absolutes += weight * Math.abs(error);
            squares += weight * (error * error);
        }

        void put(Map<String, Double> metrics, String suffix) {
            if (classes) {
                metrics.put("log-loss" + suffix, logs / seen);
                metrics.put("accuracy" + suffix, hits / seen);
                metrics.put("brier" + suffix, squares / seen);
            } else {
                metrics.put("mae" + suffix, absolutes / seen);
                metrics.put("rmse" + suffix, Math.sqrt(squares / seen));
            }
        }
    }
}
