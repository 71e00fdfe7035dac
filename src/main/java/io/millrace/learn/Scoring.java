package io.millrace.learn;

import io.millrace.evaluate.Outcome;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.NumberFeature;
import io.millrace.kernel.Entries;
import io.millrace.schema.ScalerState;
import java.util.List;

/// Predictions with weights that live elsewhere, such as in the pages of a version: the bits of [Trainer]'s
/// own. One a thread.
public final class Scoring {
    /// Where weights come from. They do not change: what has others is another object.
    public interface Weights {
        /// Copies the parameters of a cell, its weight first, to `into[at]` and on; 0 where it has none.
        ///
        /// @param index of a feature, or behind them of what the learner has beside
        void copy(int index, float[] into, int at);
    }

    private final Loss loss;
    private final Scorer scorer;
    private final float[] margins;
    private final float[] prediction;
    private final Scale[] scales;
    private final Entries entries = new Entries();
    private float[] x = {};

    /// @param numbers the number features that every row starts with
    public Scoring(LearnConfig config, List<NumberFeature> numbers) {
        loss = Loss.of(config);
        scorer = Scorer.of(config);
        margins = new float[loss.outcome().outputs()];
        prediction = new float[margins.length];
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
        scorer.margins(scaled(batch, row, scalers), weights, margins);
        loss.predict(margins, prediction);
        return prediction;
    }

    /// The same prediction, and what each entry adds to its margin: of several classes, to that of the likeliest.
    ///
    /// @throws UnsupportedOperationException where [LearnConfig#isExplainable] is false
    public Explanation explain(Examples batch, int row, Weights weights, List<ScalerState> scalers) {
        predict(batch, row, weights, scalers);
        var output = Outcome.likeliest(prediction, 0, prediction.length);
        var parts = new double[entries.n];
        scorer.contributions(output, parts);
        return Explanation.of(prediction.clone(), margins[output], parts);
    }

    private Entries scaled(Examples batch, int row, List<ScalerState> scalers) {
        var from = batch.rows[row];
        var n = batch.rows[row + 1] - from;
        if (x.length < n) {
            x = new float[2 * n];
        }
        System.arraycopy(batch.values, from, x, 0, n);
        for (var k = 0; k < scales.length; k++) {
            var known = scalers.get(k);
            x[k] = Scaler.scale(scales[k], x[k], known.getCount(), known.getMean(), known.getSquares());
        }
        return entries.of(batch.indices, from, x, 0, n);
    }
}
