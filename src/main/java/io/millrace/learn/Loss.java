package io.millrace.learn;

import io.millrace.evaluate.Progress;

/// What a wrong prediction costs, as the learner needs it: the prediction of a margin m, the slope of the
/// loss ℓ(m, y) by m, and where a margin goes that follows it.
///
/// A new loss is one class and one line, a constant of [LearnConfig.LossKind]: docs/adding.md.
interface Loss {
    /// The prediction; finite for every margin, also one that is not.
    float predict(float margin);

    /// dℓ/dm at a finite margin; where ℓ has a kink, a subgradient.
    float gradient(float margin, float label);

    /// Where m(0) = `margin` is at time `s` ≥ 0 when it flows along dm/ds = -dℓ/dm: what infinitely many
    /// infinitely small steps make of it, so that a step of any size never overshoots.
    ///
    /// **Source**: Karampatziakis and Langford, *Online Importance Weight Aware Updates*, UAI 2011, table 1;
    /// for the losses that are not in it the same equation solved.
    double flow(double margin, float label, double s);

    /// Whether an example with this label can be learned.
    boolean accepts(float label);

    /// The metrics that go with it.
    Progress progress();

    static Loss of(LearnConfig config) {
        return config.loss().make.apply(config);
    }
}
