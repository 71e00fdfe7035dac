package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The same bits as [ScalarDense], in vector registers of any width, whose products are made of
/// [SimdTiles].
final class SimdDense extends ScalarDense {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    /// Whether tiles are two registers wide: sixteen sums want 32 registers, as only CPUs with those of
    /// 512 bits have.
    private static final boolean WIDE = 2 * LANES == PANEL;

    private static final float[] ZEROS = new float[PANEL];

    private final SimdTranspose transpose = new SimdTranspose();

    SimdDense() {}

    @Override
    public void layer(int from, int to, int depth, int columns, float[] x, float[] w, float[] start, float[] y) {
        for (int r = from, n; r < to; r += n) {
            n = Math.min(to - r, PANEL - r % PANEL);
            var first = r % PANEL / LANES * LANES;
            for (var c = 0; c < columns; c += 8) {
                layer(
                        c,
                        first,
                        r % PANEL + n,
                        depth,
                        x,
                        Dense.at(r - r % PANEL, 0, depth),
                        w,
                        start,
                        y,
                        Dense.at(r - r % PANEL, c, columns));
            }
        }
    }

    private static void layer(
            int c, int first, int end, int depth, float[] x, int at, float[] w, float[] start, float[] y, int to) {
        var weights = Dense.at(c, 0, depth);
        if (WIDE && first == 0 && end > LANES) {
            SimdTiles.flat8x2(w, weights, depth, x, at, start, c, y, to);
            return;
        }
        for (var r = first; r < end; r += LANES) {
            SimdTiles.flat8x1(w, weights, depth, x, at + r, start, c, y, to + r);
        }
    }

    @Override
    public void row(int depth, int columns, float[] x, int at, float[] w, float[] start, float[] y, int to) {
        for (var c = 0; c < columns; c += 2 * LANES) {
            var weights = Dense.at(c, 0, depth);
            if (Dense.padded(columns) - c >= 2 * LANES) {
                SimdTiles.row2(x, at, PANEL, depth, w, weights, start, c, y, to + c);
            } else {
                SimdTiles.row1(x, at, PANEL, depth, w, weights, start, c, y, to + c);
            }
        }
    }

    @Override
    public void back(int rows, int depth, int columns, float[] dy, float[] w, float[] dx) {
        var ap = PANEL * Dense.padded(depth);
        for (var r = 0; r < rows; r += PANEL) {
            var at = Dense.at(r, 0, columns);
            for (var k = 0; k < depth; k += 8) {
                var to = Dense.at(r, k, depth);
                if (WIDE && rows - r > LANES) {
                    SimdTiles.deep8x2(w, k * PANEL, ap, columns, dy, at, dx, to, PANEL);
                    continue;
                }
                for (var j = 0; j < Math.min(PANEL, rows - r); j += LANES) {
                    SimdTiles.deep8x1(w, k * PANEL, ap, columns, dy, at + j, dx, to + j, PANEL);
                }
            }
        }
    }

    @Override
    public void outer(int rows, int depth, int columns, float[] x, float[] dy, float[] g, int to) {
        var wide = Dense.padded(columns);
        var high = Dense.panels(rows) * PANEL;
        var ap = PANEL * Dense.padded(depth);
        for (var c = 0; c < wide; c += WIDE ? PANEL : LANES) {
            var twice = WIDE && wide - c >= PANEL;
            var at = Dense.at(c, 0, high);
            var k = 0;
            for (; k <= depth - 8; k += 8) {
                if (twice) {
                    SimdTiles.deep8x2(x, k * PANEL, ap, rows, dy, at, g, to + k * wide + c, wide);
                } else {
                    SimdTiles.deep8x1(x, k * PANEL, ap, rows, dy, at, g, to + k * wide + c, wide);
                }
            }
            for (; k < depth; k++) {
                if (twice) {
                    SimdTiles.row2(x, k * PANEL, ap, rows, dy, at, ZEROS, 0, g, to + k * wide + c);
                } else {
                    SimdTiles.row1(x, k * PANEL, ap, rows, dy, at, ZEROS, 0, g, to + k * wide + c);
                }
            }
        }
        for (var c = 0; c < wide; c += LANES) {
            sum(rows, dy, Dense.at(c, 0, high), g, to + depth * wide + c);
        }
    }

    @Override
    public void transpose(int rows, int columns, float[] from, int at, int ld, float[] into, int to, int ldt) {
        if (LANES != SimdTranspose.SIDE) {
            super.transpose(rows, columns, from, at, ld, into, to, ldt);
            return;
        }
        for (var c = 0; c < columns; c += LANES) {
            for (var r = 0; r < rows; r += LANES) {
                transpose.block(from, at + r * ld + c, ld, into, to + c * ldt + r, ldt);
            }
        }
    }

    private static void sum(int rows, float[] dy, int from, float[] into, int to) {
        var sums = FloatVector.zero(FLOATS);
        for (var r = 0; r < rows; r++) {
            sums = sums.add(FloatVector.fromArray(FLOATS, dy, from + r * PANEL));
        }
        sums.intoArray(into, to);
    }

    @Override
    public void pack(float[] from, int at, int each, int depth, int columns, float[] packed) {
        SimdPack.pack(from, at, each, depth, columns, packed);
    }

    @Override
    public void activate(Activation f, float[] z, float[] y, int from, int to) {
        SimdActivations.activate(f, z, y, from, to);
    }

    @Override
    public void slopes(Activation f, float[] z, float[] y, float[] dy, int from, int to) {
        SimdActivations.slopes(f, z, y, dy, from, to);
    }
}
