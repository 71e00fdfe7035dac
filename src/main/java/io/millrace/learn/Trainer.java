package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.schema.ScalerState;
import io.millrace.schema.TrainerState;
import java.util.List;

/// Test, then train: the whole of learning without Kafka.
public final class Trainer {
    public Trainer(LearnConfig config, List<NumberFeature> numbers) {
        throw new UnsupportedOperationException();
    }

    /// Predicts, scores and learns each example in order. Leaves `batch` untouched.
    public void learn(Examples batch) {
        throw new UnsupportedOperationException();
    }

    public Cells cells() {
        throw new UnsupportedOperationException();
    }

    /// Examples learned.
    public long examples() {
        throw new UnsupportedOperationException();
    }

    /// Steps not taken because they were not finite.
    public long refused() {
        throw new UnsupportedOperationException();
    }

    /// Latest event time learned, milliseconds since 1970.
    public long eventTime() {
        throw new UnsupportedOperationException();
    }

    public Progress progress() {
        throw new UnsupportedOperationException();
    }

    /// A copy of the scalers' statistics, in the order of the number features.
    public List<ScalerState> scalers() {
        throw new UnsupportedOperationException();
    }

    /// A copy of all that is learned and is not a cell.
    public TrainerState state() {
        throw new UnsupportedOperationException();
    }

    /// Goes on from a state; the cells are restored apart.
    public void restore(TrainerState state) {
        throw new UnsupportedOperationException();
    }

    /// Back to before the first example.
    public void reset() {
        throw new UnsupportedOperationException();
    }

    /// Sum of [Cells#mix] over the non-zero weights, modulo 2^64.
    public long digest() {
        throw new UnsupportedOperationException();
    }
}
