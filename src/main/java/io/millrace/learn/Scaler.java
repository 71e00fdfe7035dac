package io.millrace.learn;

/// Online standard scaling of one number feature: z = (x − mean) / standard deviation over the training examples before
/// this one
/// (population variance; 0 where fewer than two examples or no variance; clipped to ±8).
///
/// **Source**: Welford, *Note on a method for calculating corrected sums of squares and products*, Technometrics 1962.
public final class Scaler {
    /// Scales with given statistics: what both trainer and server call.
    public static float scale(double x, long count, double mean, double squares) {
        throw new UnsupportedOperationException();
    }
}
