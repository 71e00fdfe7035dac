package io.millrace.evaluate;

import java.util.List;
import java.util.Map;

/// Progressive metrics: each prediction is scored before its example is learned. Cumulative and decayed, beside two
/// baselines: the best constant so far, and the last label. The package lists names and formulas.
///
/// Decay goes by examples, so that block boundaries change nothing: examples are summed in windows of 1,024, counted
/// from the first of the lineage. A full window joins the decayed sums, D ← 15/16 D + window; a figure is (15/16 D +
/// window so far) over the same of the weights.
public sealed interface Progress permits ClassificationProgress, MeasuredProgress {
    /// A probability from here on predicts label 1.
    float POSITIVE = 0.5f;

    /// Scores one prediction. Allocates nothing.
    ///
    /// @param predictions as [Outcome] says, finite
    /// @param at where the prediction begins
    /// @param label as [Outcome] says
    /// @param weight how often the example counts; 0 or more
    void add(float[] predictions, int at, float label, float weight);

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
