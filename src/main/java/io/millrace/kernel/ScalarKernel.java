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

    /// Sums `k`, `k + 8`, `k + 4` and `k + 12`, folded: a quarter of a long row.
    private static float quarter(
            float[] cells, int stride, int[] indices, int from, float[] x, int offset, int n, int k) {
        return (partial(cells, stride, indices, from, x, offset, n, k)
                        + partial(cells, stride, indices, from, x, offset, n, k + 8))
                + (partial(cells, stride, indices, from, x, offset, n, k + 4)
                        + partial(cells, stride, indices, from, x, offset, n, k + 12));
    }

    private static float partial(
            float[] cells, int stride, int[] indices, int from, float[] x, int offset, int n, int k) {
        var sum = 0f;
        for (var j = k; j < n; j += SUMS) {
            sum = Math.fma(cells[indices[from + j] * stride], x[offset + j], sum);
        }
        return sum;
    }

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
