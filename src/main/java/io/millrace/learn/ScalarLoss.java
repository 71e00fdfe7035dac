package io.millrace.learn;

/// A loss of one margin: what [Loss] says, and where a margin goes that follows its slope.
///
/// A new loss is one class and one line, a constant of [LearnConfig.LossKind]: docs/adding.md.
interface ScalarLoss extends Loss {
    /// The prediction; finite for every margin, also one that is not.
    float predict(float margin);

    /// dℓ/dm at a finite margin; where ℓ has a kink, a subgradient.
    float gradient(float margin, float label);

    /// The same where what is predicted of this margin is at hand.
    ///
    /// @param prediction what [#predict] makes of `margin`
    default float gradient(float margin, float prediction, float label) {
        return gradient(margin, label);
    }

    /// Where m(0) = `margin` is at time `s` ≥ 0 when it flows along dm/ds = -dℓ/dm: what infinitely many
    /// infinitely small steps make of it, so that a step of any size never overshoots.
    ///
    /// **Source**: Karampatziakis and Langford, *Online Importance Weight Aware Updates*, UAI 2011, table 1;
    /// for the losses that are not in it the same equation solved.
    double flow(double margin, float label, double s);

    @Override
    default void predict(float[] margins, float[] into) {
        into[0] = predict(margins[0]);
    }

    @Override
    default void gradient(float[] margins, float label, float[] into) {
        into[0] = gradient(margins[0], label);
    }

    @Override
    default void gradient(float[] margins, float[] predictions, float label, float[] into) {
        into[0] = gradient(margins[0], predictions[0], label);
    }
}
