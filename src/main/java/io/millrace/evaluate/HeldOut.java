package io.millrace.evaluate;

import java.util.List;
import java.util.Map;

/// Metrics of predictions for examples that no model learns, such as those of validation groups. Cumulative and
/// decayed as [Progress] says, beside two baselines, which learn from held-out labels alone: the best constant so far,
/// and the last label. With standard errors and 95 % intervals that allow the examples of a group to be alike.
///
/// - **Shape**: for classification some 9,600 doubles, for regression some 2,600, whatever the number of examples or
///   groups. The package lists names and formulas.
public sealed interface HeldOut permits ClassificationHeldOut, MulticlassHeldOut, RegressionHeldOut {
    /// For labels 0 and 1.
    static HeldOut classification() {
        return Outcome.BINARY.heldOut();
    }

    /// For labels that are numbers.
    static HeldOut regression() {
        return Outcome.NUMBER.heldOut();
    }

    /// Scores one prediction. Allocates nothing.
    ///
    /// @param predictions as [Outcome] says, finite
    /// @param at where the prediction begins
    /// @param label as [Outcome] says
    /// @param weight how often the example counts; 0 or more
    /// @param group hash of the example's group, as in a block's `groups`
    void add(float[] predictions, int at, float label, float weight, long group);

    /// The same for a prediction that is one number.
    default void add(float prediction, float label, float weight, long group) {
        add(new float[] {prediction}, 0, label, weight, group);
    }

    /// Examples scored.
    long examples();

    /// Names and values; see the package. Empty before the first example of any weight.
    Map<String, Double> metrics();

    /// The calibration table over all examples; empty for regression.
    Map<String, Double> calibration();

    /// All sums, so that [#restore] goes on with the same bits.
    List<Double> state();

    /// Goes on from a state.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives
    void restore(List<Double> state);

    /// Back to before the first example.
    void reset();
}
