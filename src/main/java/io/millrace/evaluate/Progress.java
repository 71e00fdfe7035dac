package io.millrace.evaluate;

import java.util.List;
import java.util.Map;

/// Progressive metrics: each prediction is scored before its example is learned. Cumulative and decayed, beside two
/// baselines: the best constant so far, and the last label. The package lists names and formulas.
///
/// Decay goes by examples, so that block boundaries change nothing: examples are summed in windows of 1,024, counted
/// from the first of the lineage. A full window joins the decayed sums, D ← 15/16 D + window; a figure is (15/16 D +
/// window so far) over the same of the weights.
public sealed interface Progress permits ClassificationProgress, RegressionProgress {
    /// A probability from here on predicts label 1.
    float POSITIVE = 0.5f;

    /// For labels 0 and 1.
    static Progress classification() {
        return new ClassificationProgress();
    }

    /// For labels that are numbers.
    static Progress regression() {
        return new RegressionProgress();
    }

    /// Scores one prediction. Allocates nothing.
    ///
    /// @param prediction probability of label 1, or a finite number
    /// @param label 0 or 1, or a finite number
    /// @param weight how often the example counts; 0 or more
    void add(float prediction, float label, float weight);

    /// Names and values; see the package. Empty before the first example.
    Map<String, Double> metrics();

    /// All sums, so that [#restore] goes on with the same bits.
    List<Double> state();

    /// Goes on from a state.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives
    void restore(List<Double> state);

    /// Back to before the first example.
    void reset();
}
