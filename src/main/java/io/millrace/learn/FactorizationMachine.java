package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.Factors;
import io.millrace.kernel.Kernel;
import java.util.Arrays;

/// m = Σ w_i x_i + Σ_{i<j} <v_i, v_j> x_i x_j: a weight for every feature, and for every pair of features one that is
/// the product of the few factors that each of the two has. So a pair that never came is known by others.
///
/// - **Shape**: a feature has w, then `rank` factors. The constant is a feature like any other: x here is Rendle's
///   with a 1 before it.
/// - **Step**: the slope of the margin by a parameter is to it what x is to a weight of the linear learner. Every
///   optimizer takes it for x, so that each has one rule, and accumulators of its own for each parameter.
/// - **Beginning**: a feature that no step has moved has only zeros, in the trainer as in a version, and so adds
///   nothing to a prediction. The first step that does (its gradient is not 0, nor is x) gives it its factors, at
///   random within ± `init`, and then moves them by the slope of the prediction: were all of them 0, that slope
///   would be, too, for ever. A feature that L1 has taken back to nothing but zeros begins anew.
/// - **Source**: Rendle, *Factorization Machines*, ICDM 2010, equations 1 and 4, lemma 3.1.
final class FactorizationMachine implements ScalarLearner {
    private final int rank;
    private final float init;
    private final long seed;
    private final float[] sums;
    private final float[] squares;
    private final Gathered gathered = new Gathered();
    /// The row, parameter by parameter.
    private final Row laidOut = new Row();

    private int[] numbers = {};
    private float[] slopes = {};
    /// Features that got their factors in this step.
    private int[] begun = {};

    FactorizationMachine(int rank, float init, int seed) {
        this.rank = rank;
        this.init = init;
        this.seed = Uniform.seed(seed);
        sums = new float[rank];
        squares = new float[rank];
    }

    @Override
    public float margin(Kernel kernel, float[] cells, int each, Entries row) {
        return kernel.dot(cells, (1 + rank) * each, row) + Factors.pairs(cells, each, rank, row, sums, squares);
    }

    @Override
    public float gathered(Kernel kernel, float[] cells, float[] x, int n) {
        return margin(kernel, cells, 1, gathered.of(x, 0, n));
    }

    /// Of what a pair adds each of the two has half.
    @Override
    public void contributions(float[] cells, float[] x, int n, double[] into) {
        for (var j = 0; j < n; j++) {
            into[j] = (double) cells[j * (1 + rank)] * x[j];
        }
        for (var f = 1; f <= rank; f++) {
            double sum = 0;
            for (var j = 0; j < n; j++) {
                sum += (double) cells[j * (1 + rank) + f] * x[j];
            }
            for (var j = 0; j < n; j++) {
                var own = (double) cells[j * (1 + rank) + f] * x[j];
                into[j] += own * (sum - own) / 2;
            }
        }
    }

    @Override
    public boolean step(Kernel kernel, Optimizer optimizer, float[] cells, Row row, ScalarLoss loss, float gradient) {
        var each = optimizer.stride();
        var n = row.entries.n * (1 + rank);
        if (numbers.length < n) {
            numbers = new int[2 * n];
            slopes = new float[2 * n];
            begun = new int[2 * n];
        }
        Factors.slopes(cells, each, rank, row.entries, sums, numbers, slopes);
        var fresh = gradient == 0 ? 0 : begin(optimizer, cells, each, row);

        laidOut.entries.of(numbers, 0, slopes, 0, n);
        laidOut.like(row);
        if (optimizer.step(kernel, cells, laidOut, loss, gradient)) {
            return true;
        }
        for (var k = 0; k < fresh; k++) {
            var from = begun[k] * each;
            Arrays.fill(cells, from, from + (1 + rank) * each, 0);
        }
        return false;
    }

    /// Gives their factors to features that have none.
    ///
    /// @return how many; the number of the weight of each is in [#begun]
    private int begin(Optimizer optimizer, float[] cells, int each, Row row) {
        var fresh = 0;
        for (var j = 0; j < row.entries.n; j++) {
            var index = row.entries.indices[row.entries.from + j];
            var number = index * (1 + rank);
            if (row.entries.x[row.entries.offset + j] != 0 && isEmpty(cells, number * each, (1 + rank) * each)) {
                for (var f = 0; f < rank; f++) {
                    optimizer.begin(cells, (number + 1 + f) * each, start(index, f), row.t);
                }
                begun[fresh++] = number;
            }
        }
        return fresh;
    }

    private static boolean isEmpty(float[] cells, int from, int n) {
        for (var k = from; k < from + n; k++) {
            if (cells[k] != 0) {
                return false;
            }
        }
        return true;
    }

    /// What a factor begins with: uniform in ± init, of 2^24 values, by seed, feature and factor alone.
    float start(int index, int f) {
        return Uniform.of(seed, ((long) index << Byte.SIZE) + f) * init;
    }
}
