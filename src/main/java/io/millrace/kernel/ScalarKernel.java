package io.millrace.kernel;

/// The definition of every result: plain loops.
public final class ScalarKernel implements Kernel {
    static final ScalarKernel INSTANCE = new ScalarKernel();

    /// Partial sums of a long row: as many as the widest vector register has floats.
    private static final int SUMS = 16;

    /// No weight grows beyond it, so that a sum of two is still finite.
    private static final float LIMIT = Float.MAX_VALUE / 2;

    private ScalarKernel() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public float dot(float[] cells, int stride, int[] indices, int from, float[] x, int offset, int n) {
        if (n > SHORT) {
            return (quarter(cells, stride, indices, from, x, offset, n, 0)
                            + quarter(cells, stride, indices, from, x, offset, n, 2))
                    + (quarter(cells, stride, indices, from, x, offset, n, 1)
                            + quarter(cells, stride, indices, from, x, offset, n, 3));
        }
        var sum = 0f;
        for (var j = 0; j < n; j++) {
            sum = Math.fma(cells[indices[from + j] * stride], x[offset + j], sum);
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

    @Override
    public boolean addScaled(
            float[] cells, int stride, int[] indices, int from, float scale, float[] x, int offset, int n) {
        var reach = n * Math.abs(scale);
        if (!(reach <= LIMIT)) {
            return false;
        }
        for (var j = 0; j < n; j++) {
            if (!(Math.fma(reach, Math.abs(x[offset + j]), Math.abs(cells[indices[from + j] * stride])) <= LIMIT)) {
                return false;
            }
        }
        for (var j = 0; j < n; j++) {
            var at = indices[from + j] * stride;
            cells[at] = Math.fma(scale, x[offset + j], cells[at]);
        }
        return true;
    }

    /// Partial sums `k`, `k + 4`, `k + 8` and `k + 12`, folded: a quarter of a long row.
    private static float quarter(
            float[] cells, int stride, int[] indices, int from, float[] x, int offset, int n, int k) {
        float s0 = 0, s4 = 0, s8 = 0, s12 = 0;
        var j = k;
        for (; j + 12 < n; j += SUMS) {
            s0 = Math.fma(cells[indices[from + j] * stride], x[offset + j], s0);
            s4 = Math.fma(cells[indices[from + j + 4] * stride], x[offset + j + 4], s4);
            s8 = Math.fma(cells[indices[from + j + 8] * stride], x[offset + j + 8], s8);
            s12 = Math.fma(cells[indices[from + j + 12] * stride], x[offset + j + 12], s12);
        }
        if (j < n) {
            s0 = Math.fma(cells[indices[from + j] * stride], x[offset + j], s0);
        }
        if (j + 4 < n) {
            s4 = Math.fma(cells[indices[from + j + 4] * stride], x[offset + j + 4], s4);
        }
        if (j + 8 < n) {
            s8 = Math.fma(cells[indices[from + j + 8] * stride], x[offset + j + 8], s8);
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
