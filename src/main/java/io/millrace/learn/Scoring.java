package io.millrace.learn;

import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.NumberFeature;
import io.millrace.kernel.Kernel;
import io.millrace.schema.ScalerState;
import java.util.List;

/// Predictions with weights that live elsewhere, such as in the pages of a version: the bits of [Trainer]'s
/// own. One a thread.
public final class Scoring {
    /// Where weights come from.
    @FunctionalInterface
    public interface Weights {
        /// The weight of a feature; 0 where it has none.
        float weight(int index);
    }

    private final Kernel kernel = Kernel.scalar();
    private final Loss loss;
    private final Scale[] scales;
    private float[] w = new float[64];
    private float[] x = new float[64];

    /// @param numbers the number features that every row starts with
    public Scoring(LearnConfig config, List<NumberFeature> numbers) {
        loss = Loss.of(config);
        scales = numbers.stream().map(NumberFeature::scale).toArray(Scale[]::new);
    }

    /// Probability of label 1, or the value itself, as the loss has it. Always finite.
    ///
    /// @param scalers statistics of the number features, in their order
    public float predict(Examples batch, int row, Weights weights, List<ScalerState> scalers) {
        var from = batch.rows[row];
        var n = batch.rows[row + 1] - from;
        if (x.length < n) {
            w = new float[2 * n];
            x = new float[2 * n];
        }
        for (var j = 0; j < n; j++) {
            w[j] = weights.weight(batch.indices[from + j]);
            x[j] = batch.values[from + j];
        }
        for (var k = 0; k < scales.length; k++) {
            var known = scalers.get(k);
            x[k] = Scaler.scale(scales[k], x[k], known.getCount(), known.getMean(), known.getSquares());
        }
        return loss.predict(kernel.dot(w, x, n));
    }
}
