package io.millrace.kernel;

import java.util.Arrays;

/// The definition of dense layers: plain loops.
public sealed class ScalarDense implements Dense permits SimdDense {
    static final ScalarDense INSTANCE = new ScalarDense();

    ScalarDense() {}

    @Override
    public void layer(int from, int to, int depth, int columns, float[] x, float[] w, float[] start, float[] y) {
        for (int r = from, n; r < to; r += n) {
            n = Math.min(to - r, PANEL - r % PANEL);
            for (var c = 0; c < Dense.padded(columns); c++) {
                var at = Dense.at(r, c, columns);
                Arrays.fill(y, at, at + n, start[c]);
                for (var k = 0; k < depth; k++) {
                    add(w[Dense.at(c, k, depth)], x, Dense.at(r, k, depth), y, at, n);
                }
            }
        }
    }

    @Override
    public void row(int depth, int columns, float[] x, int at, float[] w, float[] start, float[] y, int to) {
        for (var c = 0; c < columns; c += PANEL) {
            var n = Math.min(PANEL, Dense.padded(columns) - c);
            System.arraycopy(start, c, y, to + c, n);
            for (var k = 0; k < depth; k++) {
                add(x[at + k], w, Dense.at(c, k, depth), y, to + c, n);
            }
        }
    }

    @Override
    public void back(int rows, int depth, int columns, float[] dy, float[] w, float[] dx) {
        for (var r = 0; r < rows; r += PANEL) {
            for (var k = 0; k < Dense.padded(depth); k++) {
                var at = Dense.at(r, k, depth);
                Arrays.fill(dx, at, at + PANEL, 0);
                for (var c = 0; c < columns; c++) {
                    add(w[Dense.at(c, k, depth)], dy, Dense.at(r, c, columns), dx, at, PANEL);
                }
            }
        }
    }

    @Override
    public void outer(int rows, int depth, int columns, float[] x, float[] dy, float[] g, int to) {
        var wide = Dense.padded(columns);
        var high = Dense.panels(rows) * PANEL;
        Arrays.fill(g, to, to + (depth + 1) * wide, 0);
        for (var c = 0; c < columns; c += PANEL) {
            var n = Math.min(PANEL, wide - c);
            for (var k = 0; k < depth; k++) {
                for (var r = 0; r < rows; r++) {
                    add(x[Dense.at(r, k, depth)], dy, Dense.at(c, r, high), g, to + k * wide + c, n);
                }
            }
            for (var r = 0; r < rows; r++) {
                add(1, dy, Dense.at(c, r, high), g, to + depth * wide + c, n);
            }
        }
    }

    private static void add(float a, float[] b, int from, float[] into, int at, int n) {
        for (var c = 0; c < n; c++) {
            into[at + c] = Math.fma(a, b[from + c], into[at + c]);
        }
    }

    @Override
    public void transpose(int rows, int columns, float[] from, int at, int ld, float[] into, int to, int ldt) {
        for (var r = 0; r < rows; r++) {
            for (var c = 0; c < columns; c++) {
                into[to + c * ldt + r] = from[at + r * ld + c];
            }
        }
    }

    @Override
    public void pack(float[] from, int at, int each, int depth, int columns, float[] packed) {
        var wide = Dense.padded(columns);
        for (var k = 0; k < depth; k++) {
            for (var c = 0; c < wide; c += PANEL) {
                var row = at + (k * wide + c) * each;
                var to = Dense.at(c, k, depth);
                for (var n = 0; n < Math.min(PANEL, wide - c); n++) {
                    packed[to + n] = from[row + n * each];
                }
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
