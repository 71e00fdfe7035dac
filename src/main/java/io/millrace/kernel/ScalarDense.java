package io.millrace.kernel;

import java.util.Arrays;

/// The definition of dense layers: plain loops.
public sealed class ScalarDense implements Dense permits SimdDense {
    static final ScalarDense INSTANCE = new ScalarDense();

    ScalarDense() {}

    @Override
    public void layer(
            int rows,
            int depth,
            int columns,
            float[] x,
            int from,
            int ldx,
            float[] w,
            float[] start,
            int startAt,
            float[] y,
            int to,
            int ldy) {
        for (var first = 0; first < columns; first += PANEL) {
            var width = Math.min(PANEL, columns - first);
            for (var r = 0; r < rows; r++) {
                var at = to + r * ldy + first;
                System.arraycopy(start, startAt + first, y, at, width);
                for (var k = 0; k < depth; k++) {
                    add(x[from + r * ldx + k], w, first * depth + k * width, y, at, width);
                }
            }
        }
    }

    @Override
    public void outer(int rows, int depth, int columns, float[] x, int ldx, float[] dy, int ldy, float[] g, int to) {
        Arrays.fill(g, to, to + (depth + 1) * columns, 0);
        for (var r = 0; r < rows; r++) {
            for (var k = 0; k < depth; k++) {
                add(x[r * ldx + k], dy, r * ldy, g, to + k * columns, columns);
            }
        }
        sums(rows, columns, dy, ldy, g, to + depth * columns);
    }

    /// Adds all rows of `dy`, where the sums are 0 so far.
    static void sums(int rows, int columns, float[] dy, int ldy, float[] into, int to) {
        for (var r = 0; r < rows; r++) {
            for (var c = 0; c < columns; c++) {
                into[to + c] += dy[r * ldy + c];
            }
        }
    }

    private static void add(float a, float[] b, int from, float[] into, int at, int n) {
        for (var c = 0; c < n; c++) {
            into[at + c] = Math.fma(a, b[from + c], into[at + c]);
        }
    }

    @Override
    public void pack(float[] from, int at, int each, int depth, int columns, float[] packed) {
        var to = 0;
        for (var first = 0; first < columns; first += PANEL) {
            var width = Math.min(PANEL, columns - first);
            for (var k = 0; k < depth; k++) {
                var row = at + (k * columns + first) * each;
                for (var c = 0; c < width; c++) {
                    packed[to++] = from[row + c * each];
                }
            }
        }
    }

    @Override
    public void transpose(float[] packed, int depth, int columns, int used, float[] transposed) {
        var wide = Dense.padded(depth);
        for (var n = 0; n < used; n++) {
            var first = n / PANEL * PANEL;
            var width = Math.min(PANEL, columns - first);
            var at = first * depth + n - first;
            for (var k = 0; k < wide; k++) {
                var panel = k / PANEL * PANEL;
                var to = panel * used + n * Math.min(PANEL, wide - panel) + k - panel;
                transposed[to] = k < depth ? packed[at + k * width] : 0;
            }
        }
    }

    @Override
    public void activate(Activation f, float[] z, float[] y, int from, int to) {
        for (var k = from; k < to; k++) {
            y[k] = f.of(z[k]);
        }
    }

    @Override
    public void slopes(Activation f, float[] z, float[] y, float[] dy, int from, int to) {
        for (var k = from; k < to; k++) {
            dy[k] *= f.slope(z[k], y[k]);
        }
    }
}
