package io.millrace.evaluate;

import java.util.List;
import java.util.Map;

/// Progressive metrics: each prediction is scored before its example is learned. Cumulative and decayed, beside two
/// baselines:
/// the best constant so far, and the last label. Decay goes by examples, so that block boundaries change nothing.
public interface Progress {
    /// Names and values, such as `log-loss`, `log-loss.decayed`, `log-loss.constant`, `log-loss.last-label`, `accuracy`
    /// …;
    /// `mae`, `rmse` … for squared loss. Empty before the first example.
    Map<String, Double> metrics();

    /// All sums, so that [#restore] goes on with the same bits.
    List<Double> state();

    void restore(List<Double> state);

    void reset();
}
