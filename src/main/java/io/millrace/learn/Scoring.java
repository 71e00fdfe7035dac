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
        /// Copies the parameters of a feature, its weight first, to `into[at]` and on; 0 where it has none.
        void copy(int index, float[] into, int at);
    }

    private final Kernel kernel = Kernel.scalar();
    private final Loss loss;
    private final Learner learner;
    private final int parameters;
    private final Scale[] scales;
    private float[] w = {};
    private float[] x = {};

    /// @param numbers the number features that every row starts with
    public Scoring(LearnConfig config, List<NumberFeature> numbers) {
        loss = Loss.of(config);
        learner = Learner.of(config);
        parameters = config.parameters();
        scales = numbers.stream().map(NumberFeature::scale).toArray(Scale[]::new);
    }

    /// Probability of label 1, or the value itself, as the loss has it. Always finite.
    ///
    /// @param scalers statistics of the number features, in their order
    public float predict(Examples batch, int row, Weights weights, List<ScalerState> scalers) {
        var n = gather(batch, row, weights, scalers);
        return loss.predict(learner.gathered(kernel, w, x, n));
    }

    /// The same prediction, and what each entry adds to its margin.
    public Explanation explain(Examples batch, int row, Weights weights, List<ScalerState> scalers) {
        var n = gather(batch, row, weights, scalers);
        var margin = learner.gathered(kernel, w, x, n);
        var parts = new double[n];
        learner.contributions(w, x, n, parts);
        return Explanation.of(loss.predict(margin), margin, parts);
    }

    /// @return how many entries there are
    private int gather(Examples batch, int row, Weights weights, List<ScalerState> scalers) {
        var from = batch.rows[row];
        var n = batch.rows[row + 1] - from;
        if (x.length < n) {
            w = new float[2 * n * parameters];
            x = new float[2 * n];
        }
        for (var j = 0; j < n; j++) {
            weights.copy(batch.indices[from + j], w, j * parameters);
            x[j] = batch.values[from + j];
        }
        for (var k = 0; k < scales.length; k++) {
            var known = scalers.get(k);
            x[k] = Scaler.scale(scales[k], x[k], known.getCount(), known.getMean(), known.getSquares());
        }
        return n;
    }
}
