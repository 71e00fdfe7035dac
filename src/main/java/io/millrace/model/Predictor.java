package io.millrace.model;

import io.millrace.event.Row;
import io.millrace.spec.Spec;

/// Scores rows with a version: the split's own features, the version's own scalers, the trainer's own arithmetic, so
/// that a
/// prediction here has the bits of the trainer's prediction at that version. One a thread.
public final class Predictor {
    public Predictor(Spec spec) {
        throw new UnsupportedOperationException();
    }

    /// Probability of label 1 (logistic loss) or the value itself (squared loss).
    ///
    /// @throws io.millrace.event.BadEvent if a feature's value can't be used
    public float predict(Row row, Model model) {
        throw new UnsupportedOperationException();
    }
}
