package io.millrace.learn;

import io.millrace.evaluate.Outcome;

/// A loss over labels that are finite numbers; the margin itself is the prediction. Its models are judged by RMSE, or
/// by
/// itself, where its [#outcome] says so.
abstract class NumberLoss implements ScalarLoss {
    /// A margin that is not finite is predicted as the largest float of its sign, or as 0.
    @Override
    public float predict(float margin) {
        return Math.abs(margin) <= Float.MAX_VALUE
                ? margin
                : Float.isNaN(margin) ? 0 : Math.copySign(Float.MAX_VALUE, margin);
    }

    @Override
    public boolean accepts(float label) {
        return Math.abs(label) <= Float.MAX_VALUE;
    }

    @Override
    public Outcome outcome() {
        return Outcome.NUMBER;
    }
}
