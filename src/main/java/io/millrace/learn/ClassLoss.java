package io.millrace.learn;

import io.millrace.evaluate.Outcome;

/// A loss over labels 0 and 1; its prediction is a probability of label 1.
abstract class ClassLoss implements ScalarLoss {
    @Override
    public final boolean accepts(float label) {
        return label == 0 || label == 1;
    }

    @Override
    public final Outcome outcome() {
        return Outcome.BINARY;
    }

    /// +1 for label 1, -1 for label 0.
    static float sign(float label) {
        return 2 * label - 1;
    }
}
