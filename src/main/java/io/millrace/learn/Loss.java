package io.millrace.learn;

import io.millrace.evaluate.Outcome;

/// What a wrong prediction costs, as the learner needs it: the prediction of an example's margins m, and the slope of
/// the loss ℓ(m, y) by each.
///
/// Most have one margin: [ScalarLoss].
interface Loss {
    /// What is predicted; it has as many numbers as the example has margins.
    Outcome outcome();

    /// The prediction; finite for every margin, also one that is not.
    ///
    /// @param into becomes the prediction
    void predict(float[] margins, float[] into);

    /// dℓ/dm at finite margins; where ℓ has a kink, a subgradient.
    ///
    /// @param into becomes one slope a margin
    void gradient(float[] margins, float label, float[] into);

    /// The same where what is predicted of these margins is at hand.
    ///
    /// @param predictions what [#predict] makes of `margins`
    default void gradient(float[] margins, float[] predictions, float label, float[] into) {
        gradient(margins, label, into);
    }

    /// Whether an example with this label can be learned.
    boolean accepts(float label);

    static Loss of(LearnConfig config) {
        return config.loss().make.apply(config);
    }
}
