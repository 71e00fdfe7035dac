package io.millrace.learn;

import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.schema.ScalerState;

/// Online scaling of one number feature, as its spec says.
///
/// - **Formula**: z = (x − mean) / standard deviation over the training examples before this one: population
///   variance; 0 where fewer than two examples or no variance; clipped to ±8.
/// - **Missing**: a value that is no finite number becomes 0 and is not counted.
/// - **Source**: Welford, *Note on a method for calculating corrected sums of squares and products*, Technometrics
///   1962.
public final class Scaler {
    private static final double CLIP = 8;

    private final Scale scale;
    private long count;
    private double mean;
    private double squares;

    Scaler(Scale scale) {
        this.scale = scale;
    }

    /// Scales with given statistics: what both trainer and server call.
    ///
    /// @param count numbers seen
    /// @param mean of them
    /// @param squares sum of their squared differences from the mean
    public static float scale(Scale scale, float x, long count, double mean, double squares) {
        if (!(Math.abs(x) <= Float.MAX_VALUE)) {
            return 0;
        }
        return scale == Scale.NONE ? x : standard(x, count, mean, squares);
    }

    private static float standard(double x, long count, double mean, double squares) {
        var variance = squares / count;
        if (!(variance > 0)) { // also before the first number: 0 / 0
            return 0;
        }
        var z = (x - mean) / Math.sqrt(variance);
        return (float) (z > CLIP ? CLIP : z < -CLIP ? -CLIP : z);
    }

    /// Whether a step is taken with statistics that count its own example.
    boolean isInclusive() {
        return scale == Scale.STANDARD_INCLUSIVE;
    }

    float scale(float x) {
        return scale(scale, x, count, mean, squares);
    }

    /// Counts one more number. Without scaling nothing is counted.
    void update(float x) {
        if (scale != Scale.NONE && Math.abs(x) <= Float.MAX_VALUE) {
            count++;
            var before = x - mean;
            mean += before / count;
            squares += before * (x - mean);
        }
    }

    ScalerState state() {
        return new ScalerState(count, mean, squares);
    }

    void restore(ScalerState state) {
        count = state.getCount();
        mean = state.getMean();
        squares = state.getSquares();
    }

    void reset() {
        count = 0;
        mean = 0;
        squares = 0;
    }
}
