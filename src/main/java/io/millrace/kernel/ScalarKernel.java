package io.millrace.kernel;

/// The definition of every result: plain loops.
public sealed class ScalarKernel implements Kernel permits SimdKernel {
    static final ScalarKernel INSTANCE = new ScalarKernel();

    /// Partial sums of a long row: as many as the widest vector register has floats.
    private static final int SUMS = 16;

    /// No weight grows beyond it, so that a sum of two is still finite.
    static final float LIMIT = Float.MAX_VALUE / 2;

    /// Weights up to it, and steps between them, are far from [#LIMIT], for rows of up to 2^26 entries.
    private static final float SMALL = 1e30f;

    /// The least |x| that counts where a scale divides: its square is still a float of full precision.
    static final float TINY = 1e-19f;

    /// The least |moment| that is not 0: 64 times the least float of full precision, so that a product with
    /// it has that, too. Below, the CPU takes a hundred cycles, and no moment ever leaves: 0.9 times the least
    /// float is rounded to itself. Of a net with 265,000 parameters Adam's step took 630 µs in place of 290
    /// from step 830 on, as 7,000 of them belong to neurons that no longer fire.
    static final float FADED = 0x1p-120f;

    ScalarKernel() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public Dense dense() {
        return ScalarDense.INSTANCE;
    }

    @Override
    public LaneKernel lanes() {
        return ScalarLaneKernel.INSTANCE;
    }

    @Override
    public float dot(float[] cells, int stride, Entries row) {
        if (row.n > SHORT) {
            return (quarter(cells, stride, row, 0) + quarter(cells, stride, row, 2))
                    + (quarter(cells, stride, row, 1) + quarter(cells, stride, row, 3));
        }
        var sum = 0f;
        for (var j = 0; j < row.n; j++) {
            sum = Math.fma(cells[row.index(j) * stride], row.value(j), sum);
        }
        return sum;
    }

    @Override
    public float dot(float[] w, float[] x, int n) {
        if (n > SHORT) {
            return (quarter(w, x, n, 0) + quarter(w, x, n, 2)) + (quarter(w, x, n, 1) + quarter(w, x, n, 3));
        }
        var sum = 0f;
        for (var j = 0; j < n; j++) {
            sum = Math.fma(w[j], x[j], sum);
        }
        return sum;
    }

    /// Adds first, and looks at the weights as they pass: where all are [#SMALL] before and after, and the scale is,
    /// the bound holds. Else they are put back and looked at one by one. (With a pass of its own ahead
    /// of every step the bare loop of SGD over nine entries took 42 ns in place of 34.)
    @Override
    public boolean addScaled(float[] cells, int stride, Entries row, float scale) {
        if (Math.abs(scale) <= SMALL) {
            var added = addSmall(cells, stride, row, scale);
            if (added == row.n) {
                return true;
            }
            for (var j = added - 1; j >= 0; j--) {
                cells[row.index(j) * stride] = row.before[j];
            }
        }
        var reach = reach(row, scale);
        var within = reach <= LIMIT;
        for (var j = 0; j < row.n && within; j++) {
            within = Math.fma(reach, Math.abs(row.value(j)), Math.abs(cells[row.index(j) * stride])) <= LIMIT;
        }
        if (within) {
            add(cells, stride, row, scale);
        }
        return within;
    }

    /// @return how many steps were taken: all, unless the next weight is not small; what weights were is remembered
    private static int addSmall(float[] cells, int stride, Entries row, float scale) {
        var before = row.before();
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * stride;
            var w = cells[at];
            var moved = Math.fma(scale, row.value(j), w);
            if (!(Math.abs(w) <= SMALL && Math.abs(moved) <= SMALL)) {
                return j;
            }
            before[j] = w;
            cells[at] = moved;
        }
        return row.n;
    }

    /// What a value of 1 could add to a weight if all entries had its index.
    static float reach(Entries row, float scale) {
        return row.n * Math.abs(scale);
    }

    /// [#addScaled] of a row that has been checked.
    static void add(float[] cells, int stride, Entries row, float scale) {
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * stride;
            cells[at] = Math.fma(scale, row.value(j), cells[at]);
        }
    }

    @Override
    public boolean bounded(Entries row, float gradient) {
        return largest(row) * Math.abs(gradient) <= MOST;
    }

    /// The largest |x| of a row; `NaN` where one is.
    static float largest(Entries row) {
        var most = 0; // bits of floats without a sign are ordered as they are, NaN above all
        for (var j = 0; j < row.n; j++) {
            most = Math.max(most, Float.floatToRawIntBits(row.value(j)) & Integer.MAX_VALUE);
        }
        return Float.intBitsToFloat(most);
    }

    @Override
    public void shrink(float[] cells, int stride, Entries row, float l1, float l2) {
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * stride;
            cells[at] = shrunk(cells[at], l1, l2);
        }
    }

    static float shrunk(float w, float l1, float l2) {
        var left = Math.abs(w) - l1;
        return left > 0 ? Math.copySign(left, w) / (1 + l2) : 0;
    }

    @Override
    public void momentum(float[] cells, Entries row, float scale, float mu, boolean nesterov) {
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 2;
            var step = scale * row.value(j);
            var v = faded(Math.fma(mu, cells[at + 1], step));
            cells[at] += nesterov ? Math.fma(mu, v, step) : v;
            cells[at + 1] = v;
        }
    }

    @Override
    public void adaptive(
            float[] cells,
            Entries row,
            float gradient,
            float rate,
            float keep,
            float take,
            float epsilon,
            float l1,
            float l2) {
        var shrinks = l1 > 0 || l2 > 0;
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 2;
            var g = gradient * row.value(j);
            var sum = Math.fma(take * g, g, keep * cells[at + 1]);
            if (sum > 0) {
                var r = rate / (root(sum) + epsilon);
                var w = Math.fma(-r, g, cells[at]);
                cells[at] = shrinks ? shrunk(w, r * l1, r * l2) : w;
                cells[at + 1] = sum;
            }
        }
    }

    @Override
    public void adam(float[] cells, Entries row, float gradient, float alpha, float beta1, float beta2, float epsilon) {
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 3;
            var g = gradient * row.value(j);
            var m = faded(Math.fma(beta1, cells[at + 1], (1 - beta1) * g));
            var v = faded(Math.fma(beta2, cells[at + 2], (1 - beta2) * g * g));
            var divisor = root(v) + epsilon;
            if (divisor > 0) {
                cells[at] -= alpha * m / divisor;
            }
            cells[at + 1] = m;
            cells[at + 2] = v;
        }
    }

    @Override
    public void ftrl(float[] cells, Entries row, float gradient, float alpha, float beta, float l1, float l2) {
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 3;
            var g = gradient * row.value(j);
            var before = cells[at + 2];
            var after = Math.fma(g, g, before);
            var root = root(after);
            var z = Math.fma(-(root - root(before)) / alpha, cells[at], cells[at + 1] + g);
            cells[at + 1] = z;
            cells[at + 2] = after;
            var left = Math.abs(z) - l1;
            var divisor = (beta + root) / alpha + l2;
            cells[at] = left > 0 && divisor > 0 ? -Math.copySign(left, z) / divisor : 0;
        }
    }

    @Override
    public void normalize(float[] cells, Entries row, float square, double[] sums) {
        double norm = 0;
        double reach = 0;
        for (var j = 0; j < row.n; j++) {
            var value = Math.abs(row.value(j));
            if (value > TINY) {
                var at = row.index(j) * 3;
                var sum = Math.fma(square * value, value, cells[at + 1]);
                cells[at + 1] = sum;
                var scale = cells[at + 2];
                if (value > scale) {
                    cells[at] *= scale / value;
                    scale = value;
                    cells[at + 2] = scale;
                }
                var share = value / scale;
                norm += share * share;
                if (sum > 0) {
                    reach += value * (share / root(sum));
                }
            }
        }
        sums[0] = norm;
        sums[1] = reach;
    }

    @Override
    public void addNormalized(float[] cells, Entries row, float scale) {
        for (var j = 0; j < row.n; j++) {
            var value = row.value(j);
            if (Math.abs(value) > TINY) {
                var at = row.index(j) * 3;
                var root = root(cells[at + 1]);
                if (root > 0) {
                    cells[at] = Math.fma(scale, value / cells[at + 2] / root, cells[at]);
                }
            }
        }
    }

    /// Rounded twice, and still the float next to the root: a float's root has fewer digits than a double's
    /// half.
    static float root(float sum) {
        return (float) Math.sqrt(sum);
    }

    /// A moment, which is 0 where it would be too small.
    static float faded(float moment) {
        return Math.abs(moment) < FADED ? 0 : moment;
    }

    /// Partial sums `k`, `k + 4`, `k + 8` and `k + 12`, folded: a quarter of a long row.
    private static float quarter(float[] cells, int stride, Entries row, int k) {
        float s0 = 0, s4 = 0, s8 = 0, s12 = 0;
        var j = k;
        for (; j + 12 < row.n; j += SUMS) {
            s0 = Math.fma(cells[row.index(j) * stride], row.value(j), s0);
            s4 = Math.fma(cells[row.index(j + 4) * stride], row.value(j + 4), s4);
            s8 = Math.fma(cells[row.index(j + 8) * stride], row.value(j + 8), s8);
            s12 = Math.fma(cells[row.index(j + 12) * stride], row.value(j + 12), s12);
        }
        if (j < row.n) {
            s0 = Math.fma(cells[row.index(j) * stride], row.value(j), s0);
        }
        if (j + 4 < row.n) {
            s4 = Math.fma(cells[row.index(j + 4) * stride], row.value(j + 4), s4);
        }
        if (j + 8 < row.n) {
            s8 = Math.fma(cells[row.index(j + 8) * stride], row.value(j + 8), s8);
        }
        return (s0 + s8) + (s4 + s12);
    }

    /// The same over gathered weights. Not a hot loop: it sums one after the other.
    private static float quarter(float[] w, float[] x, int n, int k) {
        return (partial(w, x, n, k) + partial(w, x, n, k + 8)) + (partial(w, x, n, k + 4) + partial(w, x, n, k + 12));
    }

    private static float partial(float[] w, float[] x, int n, int k) {
        var sum = 0f;
        for (var j = k; j < n; j += SUMS) {
            sum = Math.fma(w[j], x[j], sum);
        }
        return sum;
    }
}
