package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The same bits as [ScalarDense], in vector registers of any width.
///
/// A product is made of tiles: a few rows by two registers of columns, whose sums stay in registers while the depth
/// goes by. Each tile is a method of its own that is too long to be inlined, on purpose: see [SimdKernel].
final class SimdDense extends ScalarDense {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    /// Rows of a tile: sixteen sums want 32 registers, as only CPUs with those of 512 bits have.
    private static final int TALL = LANES == 16 ? 8 : 4;

    private static final float[] ZEROS = new float[PANEL];

    SimdDense() {}

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
            var panel = first * depth;
            for (var c = 0; c < width; c += 2 * LANES) {
                var at = startAt + first + c;
                strip(rows, width - c, x, from, ldx, 1, depth, w, panel + c, width, start, at, y, to + first + c, ldy);
            }
        }
    }

    @Override
    public void outer(int rows, int depth, int columns, float[] x, int ldx, float[] dy, int ldy, float[] g, int to) {
        for (var c = 0; c < columns; c += 2 * LANES) {
            strip(depth, columns - c, x, 0, 1, ldx, rows, dy, c, ldy, ZEROS, 0, g, to + c, columns);
        }
        for (var c = 0; c < columns; c += LANES) {
            sum(rows, dy, c, ldy, g, to + depth * columns + c);
        }
    }

    private static void sum(int rows, float[] dy, int from, int ldy, float[] into, int to) {
        var sums = FloatVector.zero(FLOATS);
        for (var r = 0; r < rows; r++) {
            sums = sums.add(FloatVector.fromArray(FLOATS, dy, from + r * ldy));
        }
        sums.intoArray(into, to);
    }

    /// One or two registers of columns, all rows: `c[i] = s + Σ_p a[i][p] b[p]`.
    ///
    /// @param a number `p` of row `i` is at `at + i * ai + p * ap`
    private static void strip(
            int rows,
            int columns,
            float[] a,
            int at,
            int ai,
            int ap,
            int depth,
            float[] b,
            int bt,
            int ldb,
            float[] s,
            int st,
            float[] c,
            int ct,
            int ldc) {
        var i = 0;
        if (columns >= 2 * LANES) {
            for (; TALL == 8 && i <= rows - 8; i += 8) {
                tile8x2(a, at + i * ai, ai, ap, depth, b, bt, ldb, s, st, c, ct + i * ldc, ldc);
            }
            for (; i <= rows - 4; i += 4) {
                tile4x2(a, at + i * ai, ai, ap, depth, b, bt, ldb, s, st, c, ct + i * ldc, ldc);
            }
            for (; i < rows; i++) {
                tile1x2(a, at + i * ai, ap, depth, b, bt, ldb, s, st, c, ct + i * ldc);
            }
        } else {
            for (; i <= rows - 8; i += 8) {
                tile8x1(a, at + i * ai, ai, ap, depth, b, bt, ldb, s, st, c, ct + i * ldc, ldc);
            }
            for (; i < rows; i++) {
                tile1x1(a, at + i * ai, ap, depth, b, bt, ldb, s, st, c, ct + i * ldc);
            }
        }
    }

    private static void tile8x2(
            float[] a,
            int at,
            int ai,
            int ap,
            int depth,
            float[] b,
            int bt,
            int ldb,
            float[] s,
            int st,
            float[] c,
            int ct,
            int ldc) {
        var s0 = FloatVector.fromArray(FLOATS, s, st);
        var s1 = FloatVector.fromArray(FLOATS, s, st + LANES);
        var c00 = s0;
        var c01 = s1;
        var c10 = s0;
        var c11 = s1;
        var c20 = s0;
        var c21 = s1;
        var c30 = s0;
        var c31 = s1;
        var c40 = s0;
        var c41 = s1;
        var c50 = s0;
        var c51 = s1;
        var c60 = s0;
        var c61 = s1;
        var c70 = s0;
        var c71 = s1;
        var p = at;
        var q = bt;
        for (var k = 0; k < depth; k++) {
            var b0 = FloatVector.fromArray(FLOATS, b, q);
            var b1 = FloatVector.fromArray(FLOATS, b, q + LANES);
            var a0 = FloatVector.broadcast(FLOATS, a[p]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            var a1 = FloatVector.broadcast(FLOATS, a[p + ai]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            var a2 = FloatVector.broadcast(FLOATS, a[p + 2 * ai]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            var a3 = FloatVector.broadcast(FLOATS, a[p + 3 * ai]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            var a4 = FloatVector.broadcast(FLOATS, a[p + 4 * ai]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            var a5 = FloatVector.broadcast(FLOATS, a[p + 5 * ai]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            var a6 = FloatVector.broadcast(FLOATS, a[p + 6 * ai]);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            var a7 = FloatVector.broadcast(FLOATS, a[p + 7 * ai]);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
            p += ap;
            q += ldb;
        }
        c00.intoArray(c, ct);
        c01.intoArray(c, ct + LANES);
        c10.intoArray(c, ct + ldc);
        c11.intoArray(c, ct + ldc + LANES);
        c20.intoArray(c, ct + 2 * ldc);
        c21.intoArray(c, ct + 2 * ldc + LANES);
        c30.intoArray(c, ct + 3 * ldc);
        c31.intoArray(c, ct + 3 * ldc + LANES);
        c40.intoArray(c, ct + 4 * ldc);
        c41.intoArray(c, ct + 4 * ldc + LANES);
        c50.intoArray(c, ct + 5 * ldc);
        c51.intoArray(c, ct + 5 * ldc + LANES);
        c60.intoArray(c, ct + 6 * ldc);
        c61.intoArray(c, ct + 6 * ldc + LANES);
        c70.intoArray(c, ct + 7 * ldc);
        c71.intoArray(c, ct + 7 * ldc + LANES);
    }

    private static void tile8x1(
            float[] a,
            int at,
            int ai,
            int ap,
            int depth,
            float[] b,
            int bt,
            int ldb,
            float[] s,
            int st,
            float[] c,
            int ct,
            int ldc) {
        var s0 = FloatVector.fromArray(FLOATS, s, st);
        var c00 = s0;
        var c10 = s0;
        var c20 = s0;
        var c30 = s0;
        var c40 = s0;
        var c50 = s0;
        var c60 = s0;
        var c70 = s0;
        var p = at;
        var q = bt;
        for (var k = 0; k < depth; k++) {
            var b0 = FloatVector.fromArray(FLOATS, b, q);
            var a0 = FloatVector.broadcast(FLOATS, a[p]);
            c00 = a0.fma(b0, c00);
            var a1 = FloatVector.broadcast(FLOATS, a[p + ai]);
            c10 = a1.fma(b0, c10);
            var a2 = FloatVector.broadcast(FLOATS, a[p + 2 * ai]);
            c20 = a2.fma(b0, c20);
            var a3 = FloatVector.broadcast(FLOATS, a[p + 3 * ai]);
            c30 = a3.fma(b0, c30);
            var a4 = FloatVector.broadcast(FLOATS, a[p + 4 * ai]);
            c40 = a4.fma(b0, c40);
            var a5 = FloatVector.broadcast(FLOATS, a[p + 5 * ai]);
            c50 = a5.fma(b0, c50);
            var a6 = FloatVector.broadcast(FLOATS, a[p + 6 * ai]);
            c60 = a6.fma(b0, c60);
            var a7 = FloatVector.broadcast(FLOATS, a[p + 7 * ai]);
            c70 = a7.fma(b0, c70);
            p += ap;
            q += ldb;
        }
        c00.intoArray(c, ct);
        c10.intoArray(c, ct + ldc);
        c20.intoArray(c, ct + 2 * ldc);
        c30.intoArray(c, ct + 3 * ldc);
        c40.intoArray(c, ct + 4 * ldc);
        c50.intoArray(c, ct + 5 * ldc);
        c60.intoArray(c, ct + 6 * ldc);
        c70.intoArray(c, ct + 7 * ldc);
    }

    private static void tile4x2(
            float[] a,
            int at,
            int ai,
            int ap,
            int depth,
            float[] b,
            int bt,
            int ldb,
            float[] s,
            int st,
            float[] c,
            int ct,
            int ldc) {
        var s0 = FloatVector.fromArray(FLOATS, s, st);
        var s1 = FloatVector.fromArray(FLOATS, s, st + LANES);
        var c00 = s0;
        var c01 = s1;
        var c10 = s0;
        var c11 = s1;
        var c20 = s0;
        var c21 = s1;
        var c30 = s0;
        var c31 = s1;
        var p = at;
        var q = bt;
        for (var k = 0; k < depth; k++) {
            var b0 = FloatVector.fromArray(FLOATS, b, q);
            var b1 = FloatVector.fromArray(FLOATS, b, q + LANES);
            var a0 = FloatVector.broadcast(FLOATS, a[p]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            var a1 = FloatVector.broadcast(FLOATS, a[p + ai]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            var a2 = FloatVector.broadcast(FLOATS, a[p + 2 * ai]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            var a3 = FloatVector.broadcast(FLOATS, a[p + 3 * ai]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            p += ap;
            q += ldb;
        }
        c00.intoArray(c, ct);
        c01.intoArray(c, ct + LANES);
        c10.intoArray(c, ct + ldc);
        c11.intoArray(c, ct + ldc + LANES);
        c20.intoArray(c, ct + 2 * ldc);
        c21.intoArray(c, ct + 2 * ldc + LANES);
        c30.intoArray(c, ct + 3 * ldc);
        c31.intoArray(c, ct + 3 * ldc + LANES);
    }

    private static void tile1x2(
            float[] a, int at, int ap, int depth, float[] b, int bt, int ldb, float[] s, int st, float[] c, int ct) {
        var s0 = FloatVector.fromArray(FLOATS, s, st);
        var s1 = FloatVector.fromArray(FLOATS, s, st + LANES);
        var c00 = s0;
        var c01 = s1;
        var p = at;
        var q = bt;
        for (var k = 0; k < depth; k++) {
            var b0 = FloatVector.fromArray(FLOATS, b, q);
            var b1 = FloatVector.fromArray(FLOATS, b, q + LANES);
            var a0 = FloatVector.broadcast(FLOATS, a[p]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            p += ap;
            q += ldb;
        }
        c00.intoArray(c, ct);
        c01.intoArray(c, ct + LANES);
    }

    private static void tile1x1(
            float[] a, int at, int ap, int depth, float[] b, int bt, int ldb, float[] s, int st, float[] c, int ct) {
        var s0 = FloatVector.fromArray(FLOATS, s, st);
        var c00 = s0;
        var p = at;
        var q = bt;
        for (var k = 0; k < depth; k++) {
            var b0 = FloatVector.fromArray(FLOATS, b, q);
            var a0 = FloatVector.broadcast(FLOATS, a[p]);
            c00 = a0.fma(b0, c00);
            p += ap;
            q += ldb;
        }
        c00.intoArray(c, ct);
    }

    @Override
    public void activate(Activation f, float[] z, float[] y, int from, int to) {
        for (var k = from; k < to; k += LANES) {
            of(f, FloatVector.fromArray(FLOATS, z, k)).intoArray(y, k);
        }
    }

    private static FloatVector of(Activation f, FloatVector z) {
        return switch (f) {
            case IDENTITY -> z;
            case RELU -> FloatVector.zero(FLOATS).blend(z, z.compare(VectorOperators.GT, 0));
            case LEAKY_RELU -> z.mul(Activation.LEAK).blend(z, z.compare(VectorOperators.GT, 0));
            case SIGMOID -> sigmoid(z);
            case TANH -> sigmoid(z.mul(2)).fma(2, -1);
            case GELU -> z.mul(sigmoid(z.mul(curve(z.mul(z), Activation.GELU_3))));
        };
    }

    @Override
    public void slopes(Activation f, float[] z, float[] y, float[] dy, int from, int to) {
        for (var k = from; k < to; k += LANES) {
            var slope = slope(f, FloatVector.fromArray(FLOATS, z, k), FloatVector.fromArray(FLOATS, y, k));
            FloatVector.fromArray(FLOATS, dy, k).mul(slope).intoArray(dy, k);
        }
    }

    private static FloatVector slope(Activation f, FloatVector z, FloatVector y) {
        var one = FloatVector.broadcast(FLOATS, 1);
        return switch (f) {
            case IDENTITY -> one;
            case RELU -> FloatVector.zero(FLOATS).blend(1, z.compare(VectorOperators.GT, 0));
            case LEAKY_RELU ->
                FloatVector.broadcast(FLOATS, Activation.LEAK).blend(1, z.compare(VectorOperators.GT, 0));
            case SIGMOID -> y.mul(one.sub(y));
            case TANH -> y.neg().fma(y, one);
            case GELU -> geluSlope(z, one);
        };
    }

    private static FloatVector geluSlope(FloatVector z, FloatVector one) {
        var square = z.mul(z);
        var s = sigmoid(z.mul(curve(square, Activation.GELU_3)));
        return z.mul(s.mul(one.sub(s))).fma(curve(square, 3 * Activation.GELU_3), s);
    }

    private static FloatVector curve(FloatVector square, float by) {
        return square.fma(by, Activation.GELU_1);
    }

    private static FloatVector sigmoid(FloatVector z) {
        var one = FloatVector.broadcast(FLOATS, 1);
        return one.div(SimdExp.exp(z.neg()).add(one));
    }
}
