package io.millrace.kernel;

import static io.millrace.kernel.Dense.PANEL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The tiles that products of [SimdDense] are made of: a few rows `i` of sums by one or two registers,
/// which stay in registers while the depth goes by, `c[i] = s + Σ_k a[i][k] b[k]`. Every `b[k]` is
/// [Dense#PANEL] floats behind the one before, and so are the numbers of `a` either along `k` or along
/// `i`.
///
/// That is a constant on purpose: then the compiler moves the checks of bounds out of the loop, which
/// took as much time as the products (165 for 105 GFLOP/s where a stride is a variable, and 140 where
/// the depth comes panel by panel, of a core that can 221). Each tile is a method that is too long to
/// be inlined, on purpose, too: see [SimdKernel].
final class SimdTiles {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();

    private SimdTiles() {}

    /// Number `k` of row `i` is at `at + k * PANEL + i`; `s` has one for each row.
    static void flat8x2(float[] a, int at, int depth, float[] b, int bt, float[] s, int st, float[] c, int ct) {
        var c00 = FloatVector.broadcast(FLOATS, s[st]);
        var c01 = c00;
        var c10 = FloatVector.broadcast(FLOATS, s[st + 1]);
        var c11 = c10;
        var c20 = FloatVector.broadcast(FLOATS, s[st + 2]);
        var c21 = c20;
        var c30 = FloatVector.broadcast(FLOATS, s[st + 3]);
        var c31 = c30;
        var c40 = FloatVector.broadcast(FLOATS, s[st + 4]);
        var c41 = c40;
        var c50 = FloatVector.broadcast(FLOATS, s[st + 5]);
        var c51 = c50;
        var c60 = FloatVector.broadcast(FLOATS, s[st + 6]);
        var c61 = c60;
        var c70 = FloatVector.broadcast(FLOATS, s[st + 7]);
        var c71 = c70;
        for (var k = 0; k < depth; k++) {
            var b0 = FloatVector.fromArray(FLOATS, b, bt + k * PANEL);
            var b1 = FloatVector.fromArray(FLOATS, b, bt + k * PANEL + LANES);
            var a0 = FloatVector.broadcast(FLOATS, a[at + k * PANEL]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            var a1 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            var a2 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            var a3 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            var a4 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 4]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            var a5 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 5]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            var a6 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 6]);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            var a7 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 7]);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
        }
        c00.intoArray(c, ct);
        c01.intoArray(c, ct + LANES);
        c10.intoArray(c, ct + PANEL);
        c11.intoArray(c, ct + PANEL + LANES);
        c20.intoArray(c, ct + 2 * PANEL);
        c21.intoArray(c, ct + 2 * PANEL + LANES);
        c30.intoArray(c, ct + 3 * PANEL);
        c31.intoArray(c, ct + 3 * PANEL + LANES);
        c40.intoArray(c, ct + 4 * PANEL);
        c41.intoArray(c, ct + 4 * PANEL + LANES);
        c50.intoArray(c, ct + 5 * PANEL);
        c51.intoArray(c, ct + 5 * PANEL + LANES);
        c60.intoArray(c, ct + 6 * PANEL);
        c61.intoArray(c, ct + 6 * PANEL + LANES);
        c70.intoArray(c, ct + 7 * PANEL);
        c71.intoArray(c, ct + 7 * PANEL + LANES);
    }

    /// The same of one register.
    static void flat8x1(float[] a, int at, int depth, float[] b, int bt, float[] s, int st, float[] c, int ct) {
        var c00 = FloatVector.broadcast(FLOATS, s[st]);
        var c10 = FloatVector.broadcast(FLOATS, s[st + 1]);
        var c20 = FloatVector.broadcast(FLOATS, s[st + 2]);
        var c30 = FloatVector.broadcast(FLOATS, s[st + 3]);
        var c40 = FloatVector.broadcast(FLOATS, s[st + 4]);
        var c50 = FloatVector.broadcast(FLOATS, s[st + 5]);
        var c60 = FloatVector.broadcast(FLOATS, s[st + 6]);
        var c70 = FloatVector.broadcast(FLOATS, s[st + 7]);
        for (var k = 0; k < depth; k++) {
            var b0 = FloatVector.fromArray(FLOATS, b, bt + k * PANEL);
            var a0 = FloatVector.broadcast(FLOATS, a[at + k * PANEL]);
            c00 = a0.fma(b0, c00);
            var a1 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 1]);
            c10 = a1.fma(b0, c10);
            var a2 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 2]);
            c20 = a2.fma(b0, c20);
            var a3 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 3]);
            c30 = a3.fma(b0, c30);
            var a4 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 4]);
            c40 = a4.fma(b0, c40);
            var a5 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 5]);
            c50 = a5.fma(b0, c50);
            var a6 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 6]);
            c60 = a6.fma(b0, c60);
            var a7 = FloatVector.broadcast(FLOATS, a[at + k * PANEL + 7]);
            c70 = a7.fma(b0, c70);
        }
        c00.intoArray(c, ct);
        c10.intoArray(c, ct + PANEL);
        c20.intoArray(c, ct + 2 * PANEL);
        c30.intoArray(c, ct + 3 * PANEL);
        c40.intoArray(c, ct + 4 * PANEL);
        c50.intoArray(c, ct + 5 * PANEL);
        c60.intoArray(c, ct + 6 * PANEL);
        c70.intoArray(c, ct + 7 * PANEL);
    }

    /// Number `k` of row `i` is at `at + i * PANEL + k`, those from each 32nd on `ap` further; sums
    /// begin with 0.
    static void deep8x2(float[] a, int at, int ap, int depth, float[] b, int bt, float[] c, int ct, int ldc) {
        var zero = FloatVector.zero(FLOATS);
        var c00 = zero;
        var c01 = zero;
        var c10 = zero;
        var c11 = zero;
        var c20 = zero;
        var c21 = zero;
        var c30 = zero;
        var c31 = zero;
        var c40 = zero;
        var c41 = zero;
        var c50 = zero;
        var c51 = zero;
        var c60 = zero;
        var c61 = zero;
        var c70 = zero;
        var c71 = zero;
        for (int first = 0, p = at, q = bt; first < depth; first += PANEL, p += ap, q += PANEL * PANEL) {
            var n = Math.min(PANEL, depth - first);
            for (var k = 0; k < n; k++) {
                var b0 = FloatVector.fromArray(FLOATS, b, q + k * PANEL);
                var b1 = FloatVector.fromArray(FLOATS, b, q + k * PANEL + LANES);
                var a0 = FloatVector.broadcast(FLOATS, a[p + k]);
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                var a1 = FloatVector.broadcast(FLOATS, a[p + k + PANEL]);
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                var a2 = FloatVector.broadcast(FLOATS, a[p + k + 2 * PANEL]);
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                var a3 = FloatVector.broadcast(FLOATS, a[p + k + 3 * PANEL]);
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                var a4 = FloatVector.broadcast(FLOATS, a[p + k + 4 * PANEL]);
                c40 = a4.fma(b0, c40);
                c41 = a4.fma(b1, c41);
                var a5 = FloatVector.broadcast(FLOATS, a[p + k + 5 * PANEL]);
                c50 = a5.fma(b0, c50);
                c51 = a5.fma(b1, c51);
                var a6 = FloatVector.broadcast(FLOATS, a[p + k + 6 * PANEL]);
                c60 = a6.fma(b0, c60);
                c61 = a6.fma(b1, c61);
                var a7 = FloatVector.broadcast(FLOATS, a[p + k + 7 * PANEL]);
                c70 = a7.fma(b0, c70);
                c71 = a7.fma(b1, c71);
            }
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

    /// The same of one register.
    static void deep8x1(float[] a, int at, int ap, int depth, float[] b, int bt, float[] c, int ct, int ldc) {
        var zero = FloatVector.zero(FLOATS);
        var c00 = zero;
        var c10 = zero;
        var c20 = zero;
        var c30 = zero;
        var c40 = zero;
        var c50 = zero;
        var c60 = zero;
        var c70 = zero;
        for (int first = 0, p = at, q = bt; first < depth; first += PANEL, p += ap, q += PANEL * PANEL) {
            var n = Math.min(PANEL, depth - first);
            for (var k = 0; k < n; k++) {
                var b0 = FloatVector.fromArray(FLOATS, b, q + k * PANEL);
                var a0 = FloatVector.broadcast(FLOATS, a[p + k]);
                c00 = a0.fma(b0, c00);
                var a1 = FloatVector.broadcast(FLOATS, a[p + k + PANEL]);
                c10 = a1.fma(b0, c10);
                var a2 = FloatVector.broadcast(FLOATS, a[p + k + 2 * PANEL]);
                c20 = a2.fma(b0, c20);
                var a3 = FloatVector.broadcast(FLOATS, a[p + k + 3 * PANEL]);
                c30 = a3.fma(b0, c30);
                var a4 = FloatVector.broadcast(FLOATS, a[p + k + 4 * PANEL]);
                c40 = a4.fma(b0, c40);
                var a5 = FloatVector.broadcast(FLOATS, a[p + k + 5 * PANEL]);
                c50 = a5.fma(b0, c50);
                var a6 = FloatVector.broadcast(FLOATS, a[p + k + 6 * PANEL]);
                c60 = a6.fma(b0, c60);
                var a7 = FloatVector.broadcast(FLOATS, a[p + k + 7 * PANEL]);
                c70 = a7.fma(b0, c70);
            }
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

    /// One row; `s` has one for each column.
    static void row2(float[] a, int at, int ap, int depth, float[] b, int bt, float[] s, int st, float[] c, int ct) {
        var c00 = FloatVector.fromArray(FLOATS, s, st);
        var c01 = FloatVector.fromArray(FLOATS, s, st + LANES);
        for (int first = 0, p = at, q = bt; first < depth; first += PANEL, p += ap, q += PANEL * PANEL) {
            var n = Math.min(PANEL, depth - first);
            for (var k = 0; k < n; k++) {
                var b0 = FloatVector.fromArray(FLOATS, b, q + k * PANEL);
                var b1 = FloatVector.fromArray(FLOATS, b, q + k * PANEL + LANES);
                var a0 = FloatVector.broadcast(FLOATS, a[p + k]);
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
            }
        }
        c00.intoArray(c, ct);
        c01.intoArray(c, ct + LANES);
    }

    /// The same of one register.
    static void row1(float[] a, int at, int ap, int depth, float[] b, int bt, float[] s, int st, float[] c, int ct) {
        var c00 = FloatVector.fromArray(FLOATS, s, st);
        for (int first = 0, p = at, q = bt; first < depth; first += PANEL, p += ap, q += PANEL * PANEL) {
            var n = Math.min(PANEL, depth - first);
            for (var k = 0; k < n; k++) {
                var b0 = FloatVector.fromArray(FLOATS, b, q + k * PANEL);
                var a0 = FloatVector.broadcast(FLOATS, a[p + k]);
                c00 = a0.fma(b0, c00);
            }
        }
        c00.intoArray(c, ct);
    }
}
