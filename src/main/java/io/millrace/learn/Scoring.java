package io.millrace.learn;

import io.millrace.evaluate.Outcome;
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
    private final float[] margins;
    private final float[] prediction;
    private final int parameters;
    private final Scale[] scales;
    private float[] w = {};
    private float[] x = {};

    /// @param numbers the number features that every row starts with
    public Scoring(LearnConfig config, List<NumberFeature> numbers) {
        loss = Loss.of(config);
        learner = Learner.of(config);
        margins = new float[learner.outputs()];
        prediction = new float[learner.outputs()];
        parameters = config.parameters();
        scales = numbers.stream().map(NumberFeature::scale).toArray(Scale[]::new);
    }

    /// Numbers a prediction.
    public int outputs() {
        return prediction.length;
    }

    /// The prediction for one row. Always finite.
    ///
    /// @param scalers statistics of the number features, in their order
    /// @return what [io.millrace.evaluate.Outcome] says; the array is used again
    public float[] predict(Examples batch, int row, Weights weights, List<ScalerState> scalers) {
        predict(gather(batch, row, weights, scalers));
        return prediction;
    }

    private void predict(int n) {
        learner.gathered(kernel, w, x, n, margins);
        loss.predict(margins, prediction);
    }

    /// The same prediction, and what each entry adds to its margin: of several classes, to that of the likeliest.
    public Explanation explain(Examples batch, int row, Weights weights, List<ScalerState> scalers) {
        var n = gather(batch, row, weights, scalers);
        predict(n);
        var output = Outcome.likeliest(prediction, 0, prediction.length);
        var parts = new double[n];
        learner.contributions(w, x, n, output, parts);
        return Explanation.of(prediction.clone(), margins[output], parts);
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
