package io.millrace.kernel;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Steps over rows whose indices are all distinct, in vector registers: the same bits as [ScalarKernel], as every
/// entry is computed by itself. One a thread: it has buffers.
///
/// Cells that follow one another are read and written where they are, a register of each of their columns at a time:
/// shuffles of two or three registers make columns of cells and cells of columns. Others are copied together
/// first, [#COPIED] of them at a time; what lies behind the last is computed, too, and means nothing.
///
/// Every loop is written out, as it lies next to the limit of what the compiler inlines: where it calls, or is copied
/// into a method that has it twice, registers become objects (5 times slower).
///
/// What they gain over the scalar loops: docs/benchmarks.md. `NetworkBenchmark` has them with what is around them.
final class SimdSteps {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    /// The most entries of a piece: its cells stay in the first cache.
    private static final int COPIED = Entries.MOST_RUN;

    private static final int IN_PLACE = 2048;
    /// The most floats a cell has.
    static final int MOST = 3;

    /// Of the registers that hold cells: which lanes hold a column (an entry's number is that of its lane in the
    /// column's register), and in which register a lane of the column lies.
    static final VectorShuffle<Float> PAIR_0 = places(k -> 2 * k);
    private static final VectorShuffle<Float> PAIR_1 = places(k -> 2 * k + 1);
    static final VectorMask<Float> PAIR_HIGH = lanes(k -> 2 * k >= LANES);
    private static final VectorShuffle<Float> PAIRED_0 = places(k -> k / 2);
    private static final VectorShuffle<Float> PAIRED_1 = places(k -> (LANES + k) / 2);
    private static final VectorMask<Float> ODD = lanes(k -> k % 2 == 1);

    static final VectorShuffle<Float> TRIPLE_0 = places(k -> 3 * k);
    private static final VectorShuffle<Float> TRIPLE_1 = places(k -> 3 * k + 1);
    private static final VectorShuffle<Float> TRIPLE_2 = places(k -> 3 * k + 2);
    static final VectorMask<Float> MIDDLE_0 = lanes(k -> 3 * k / LANES == 1);
    private static final VectorMask<Float> MIDDLE_1 = lanes(k -> (3 * k + 1) / LANES == 1);
    private static final VectorMask<Float> MIDDLE_2 = lanes(k -> (3 * k + 2) / LANES == 1);
    static final VectorMask<Float> HIGH_0 = lanes(k -> 3 * k / LANES == 2);
    private static final VectorMask<Float> HIGH_1 = lanes(k -> (3 * k + 1) / LANES == 2);
    private static final VectorMask<Float> HIGH_2 = lanes(k -> (3 * k + 2) / LANES == 2);
    private static final VectorShuffle<Float> TRIPLED_0 = places(k -> k / 3);
    private static final VectorShuffle<Float> TRIPLED_1 = places(k -> (LANES + k) / 3);
    private static final VectorShuffle<Float> TRIPLED_2 = places(k -> (2 * LANES + k) / 3);
    /// Lanes of each of three registers of cells that hold their first column, their second, their third.
    private static final VectorMask<Float> FIRST_0 = lanes(k -> k % 3 == 0);

    private static final VectorMask<Float> FIRST_1 = lanes(k -> (LANES + k) % 3 == 0);
    private static final VectorMask<Float> FIRST_2 = lanes(k -> (2 * LANES + k) % 3 == 0);
    private static final VectorMask<Float> SECOND_0 = lanes(k -> k % 3 == 1);
    private static final VectorMask<Float> SECOND_1 = lanes(k -> (LANES + k) % 3 == 1);
    private static final VectorMask<Float> SECOND_2 = lanes(k -> (2 * LANES + k) % 3 == 1);
    private static final VectorMask<Float> THIRD_0 = lanes(k -> k % 3 == 2);
    private static final VectorMask<Float> THIRD_1 = lanes(k -> (LANES + k) % 3 == 2);
    private static final VectorMask<Float> THIRD_2 = lanes(k -> (2 * LANES + k) % 3 == 2);

    /// Lanes that hold weights, by the floats of a cell and the number of the register.
    private static final List<List<VectorMask<Float>>> WEIGHTS =
            List.of(List.of(FLOATS.maskAll(true)), List.of(ODD.not(), ODD.not()), List.of(FIRST_0, FIRST_1, FIRST_2));

    private final float[] values = new float[COPIED];
    private final float[] copies = new float[MOST * COPIED];
    /// Where the cells and values of a piece are.
    private float[] data = copies;

    private int at;
    private float[] x = values;
    private int from;

    private static VectorShuffle<Float> places(IntUnaryOperator from) {
        return VectorShuffle.fromOp(FLOATS, k -> from.applyAsInt(k) % LANES);
    }

    private static VectorMask<Float> lanes(IntPredicate which) {
        var set = new boolean[LANES];
        for (var k = 0; k < LANES; k++) {
            set[k] = which.test(k);
        }
        return VectorMask.fromArray(FLOATS, set, 0);
    }

    /// How many of the first entries are computed where they lie: whole registers.
    private static int together(Entries row) {
        return FLOATS.loopBound(row.together);
    }

    /// As many as fill registers.
    private static int filled(int n) {
        return FLOATS.loopBound(n + LANES - 1);
    }

    /// How many entries from `j` on are computed as one piece: where they lie, what is left of the first, or whole
    /// runs.
    private static int piece(Entries row, int j) {
        var together = together(row);
        if (j < together) {
            return Math.min(IN_PLACE, together - j);
        }
        return j < row.together ? row.together - j : Math.min(COPIED - COPIED % row.run, row.n - j);
    }

    /// Says where the cells and values of a piece are; some are copied.
    private void open(float[] cells, int stride, Entries row, int j, int n) {
        if (j < together(row)) {
            data = cells;
            at = row.index(j) * stride;
            x = row.x;
            from = row.offset + j;
            return;
        }
        data = copies;
        at = 0;
        x = values;
        from = 0;
        System.arraycopy(row.x, row.offset + j, values, 0, n);
        var run = j < row.together ? n : row.run;
        for (var k = 0; k < n; k += run) {
            System.arraycopy(cells, row.index(j + k) * stride, copies, k * stride, run * stride);
        }
    }

    /// Copies back what was copied.
    private void close(float[] cells, int stride, Entries row, int j, int n) {
        if (j >= together(row)) {
            var run = j < row.together ? n : row.run;
            for (var k = 0; k < n; k += run) {
                System.arraycopy(copies, k * stride, cells, row.index(j + k) * stride, run * stride);
            }
        }
    }

    /// The largest |x|; `NaN` where one is.
    static float largest(Entries row) {
        return largest(row.x, row.offset, row.n);
    }

    /// Bits of floats without a sign are ordered as they are, NaN above all.
    private static float largest(float[] x, int from, int n) {
        var most = FloatVector.zero(FLOATS).reinterpretAsInts();
        var j = 0;
        for (; j <= n - LANES; j += LANES) {
            most = most.max(FloatVector.fromArray(FLOATS, x, from + j).abs().reinterpretAsInts());
        }
        var all = most.reduceLanes(VectorOperators.MAX);
        for (; j < n; j++) {
            all = Math.max(all, Float.floatToRawIntBits(x[from + j]) & Integer.MAX_VALUE);
        }
        return Float.intBitsToFloat(all);
    }

    boolean addScaled(float[] cells, Entries row, float scale) {
        var reach = ScalarKernel.reach(row, scale);
        var together = together(row);
        var first = row.index(0);
        if (!(reach <= ScalarKernel.LIMIT)
                || !(most(cells, first, row.x, row.offset, together, reach) <= ScalarKernel.LIMIT)) {
            return false;
        }
        for (var j = together; j < row.n; j++) {
            if (!(Math.fma(reach, Math.abs(row.value(j)), Math.abs(cells[row.index(j)])) <= ScalarKernel.LIMIT)) {
                return false;
            }
        }
        add(cells, first, row.x, row.offset, together, scale);
        for (var j = together; j < row.n; j++) {
            var at = row.index(j);
            cells[at] = Math.fma(scale, row.value(j), cells[at]);
        }
        return true;
    }

    private static float most(float[] cells, int at, float[] x, int from, int n, float reach) {
        var reaches = FloatVector.broadcast(FLOATS, reach);
        var most = FloatVector.zero(FLOATS).reinterpretAsInts();
        for (var j = 0; j < n; j += LANES) {
            var w = FloatVector.fromArray(FLOATS, cells, at + j).abs();
            var reached = FloatVector.fromArray(FLOATS, x, from + j).abs().fma(reaches, w);
            most = most.max(reached.abs().reinterpretAsInts()); // a NaN may have a sign
        }
        return Float.intBitsToFloat(most.reduceLanes(VectorOperators.MAX));
    }

    /// From the end on, of which the second cache still has what the check has read last: 62 µs for 84 with 266,000.
    private static void add(float[] cells, int at, float[] x, int from, int n, float scale) {
        var scales = FloatVector.broadcast(FLOATS, scale);
        for (var j = n - LANES; j >= 0; j -= LANES) {
            var w = FloatVector.fromArray(FLOATS, cells, at + j);
            FloatVector.fromArray(FLOATS, x, from + j).fma(scales, w).intoArray(cells, at + j);
        }
    }

    void shrink(float[] cells, int stride, Entries row, float l1, float l2) {
        for (int j = 0, n; j < row.n; j += n) {
            n = piece(row, j);
            open(cells, stride, row, j, n);
            for (var k = 0; k < stride; k++) {
                var end = at + stride * filled(n);
                shrink(
                        data,
                        at + k * LANES,
                        end,
                        stride * LANES,
                        WEIGHTS.get(stride - 1).get(k),
                        l1,
                        l2);
            }
            close(cells, stride, row, j, n);
        }
    }

    /// Of a register each `step` floats, those lanes that hold weights.
    private static void shrink(
            float[] cells, int begin, int end, int step, VectorMask<Float> weights, float l1, float l2) {
        var zero = FloatVector.zero(FLOATS);
        var least = FloatVector.broadcast(FLOATS, l1);
        var divisor = FloatVector.broadcast(FLOATS, 1 + l2);
        for (var k = begin; k < end; k += step) {
            var w = FloatVector.fromArray(FLOATS, cells, k);
            var left = w.abs().sub(least);
            var signed = left.reinterpretAsInts()
                    .or(w.reinterpretAsInts().and(Integer.MIN_VALUE))
                    .reinterpretAsFloats();
            var shrunk = zero.blend(signed.div(divisor), left.compare(VectorOperators.GT, 0));
            w.blend(shrunk, weights).intoArray(cells, k);
        }
    }

    void momentum(float[] cells, Entries row, float scale, float mu, boolean nesterov) {
        for (int j = 0, n; j < row.n; j += n) {
            n = piece(row, j);
            open(cells, 2, row, j, n);
            momentum(data, at, x, from, filled(n), scale, mu, nesterov);
            close(cells, 2, row, j, n);
        }
    }

    private static void momentum(
            float[] cells, int at, float[] x, int from, int n, float scale, float mu, boolean nesterov) {
        var mus = FloatVector.broadcast(FLOATS, mu);
        for (var j = 0; j < n; j += LANES) {
            var low = FloatVector.fromArray(FLOATS, cells, at + 2 * j);
            var high = FloatVector.fromArray(FLOATS, cells, at + 2 * j + LANES);
            var w = low.rearrange(PAIR_0).blend(high.rearrange(PAIR_0), PAIR_HIGH);
            var v = low.rearrange(PAIR_1).blend(high.rearrange(PAIR_1), PAIR_HIGH);

            var step = FloatVector.fromArray(FLOATS, x, from + j).mul(scale);
            v = v.fma(mus, step);
            v = v.blend(0, v.abs().compare(VectorOperators.LT, ScalarKernel.FADED));
            w = w.add(nesterov ? v.fma(mus, step) : v);

            w.rearrange(PAIRED_0).blend(v.rearrange(PAIRED_0), ODD).intoArray(cells, at + 2 * j);
            w.rearrange(PAIRED_1).blend(v.rearrange(PAIRED_1), ODD).intoArray(cells, at + 2 * j + LANES);
        }
    }

    void adaptive(
            float[] cells,
            Entries row,
            float gradient,
            float rate,
            float keep,
            float take,
            float epsilon,
            float l1,
            float l2) {
        for (int j = 0, n; j < row.n; j += n) {
            n = piece(row, j);
            open(cells, 2, row, j, n);
            adaptive(data, at, x, from, filled(n), gradient, rate, keep, take, epsilon, l1, l2);
            close(cells, 2, row, j, n);
        }
    }

    private static void adaptive(
            float[] cells,
            int at,
            float[] x,
            int from,
            int n,
            float gradient,
            float rate,
            float keep,
            float take,
            float epsilon,
            float l1,
            float l2) {
        var shrinks = l1 > 0 || l2 > 0;
        var zero = FloatVector.zero(FLOATS);
        var rates = FloatVector.broadcast(FLOATS, rate);
        for (var j = 0; j < n; j += LANES) {
            var low = FloatVector.fromArray(FLOATS, cells, at + 2 * j);
            var high = FloatVector.fromArray(FLOATS, cells, at + 2 * j + LANES);
            var w = low.rearrange(PAIR_0).blend(high.rearrange(PAIR_0), PAIR_HIGH);
            var before = low.rearrange(PAIR_1).blend(high.rearrange(PAIR_1), PAIR_HIGH);

            var g = FloatVector.fromArray(FLOATS, x, from + j).mul(gradient);
            var sum = g.mul(take).fma(g, before.mul(keep));
            var moves = sum.compare(VectorOperators.GT, 0);
            var r = rates.div(sum.sqrt().add(epsilon));
            var to = r.neg().fma(g, w);
            if (shrinks) {
                var left = to.abs().sub(r.mul(l1));
                var signed = left.reinterpretAsInts()
                        .or(to.reinterpretAsInts().and(Integer.MIN_VALUE))
                        .reinterpretAsFloats();
                to = zero.blend(signed.div(r.mul(l2).add(1)), left.compare(VectorOperators.GT, 0));
            }
            w = w.blend(to, moves);
            sum = before.blend(sum, moves);

            w.rearrange(PAIRED_0).blend(sum.rearrange(PAIRED_0), ODD).intoArray(cells, at + 2 * j);
            w.rearrange(PAIRED_1).blend(sum.rearrange(PAIRED_1), ODD).intoArray(cells, at + 2 * j + LANES);
        }
    }

    void adam(float[] cells, Entries row, float gradient, float alpha, float beta1, float beta2, float epsilon) {
        for (int j = 0, n; j < row.n; j += n) {
            n = piece(row, j);
            open(cells, 3, row, j, n);
            adam(data, at, x, from, filled(n), gradient, alpha, beta1, beta2, epsilon);
            close(cells, 3, row, j, n);
        }
    }

    private static void adam(
            float[] cells,
            int at,
            float[] x,
            int from,
            int n,
            float gradient,
            float alpha,
            float beta1,
            float beta2,
            float epsilon) {
        var kept1 = FloatVector.broadcast(FLOATS, beta1);
        var kept2 = FloatVector.broadcast(FLOATS, beta2);
        for (var j = 0; j < n; j += LANES) {
            var low = FloatVector.fromArray(FLOATS, cells, at + 3 * j);
            var middle = FloatVector.fromArray(FLOATS, cells, at + 3 * j + LANES);
            var high = FloatVector.fromArray(FLOATS, cells, at + 3 * j + 2 * LANES);
            var w = low.rearrange(TRIPLE_0)
                    .blend(middle.rearrange(TRIPLE_0), MIDDLE_0)
                    .blend(high.rearrange(TRIPLE_0), HIGH_0);
            var m = low.rearrange(TRIPLE_1)
                    .blend(middle.rearrange(TRIPLE_1), MIDDLE_1)
                    .blend(high.rearrange(TRIPLE_1), HIGH_1);
            var v = low.rearrange(TRIPLE_2)
                    .blend(middle.rearrange(TRIPLE_2), MIDDLE_2)
                    .blend(high.rearrange(TRIPLE_2), HIGH_2);

            var g = FloatVector.fromArray(FLOATS, x, from + j).mul(gradient);
            m = m.fma(kept1, g.mul(1 - beta1));
            m = m.blend(0, m.abs().compare(VectorOperators.LT, ScalarKernel.FADED));
            v = v.fma(kept2, g.mul(1 - beta2).mul(g));
            v = v.blend(0, v.abs().compare(VectorOperators.LT, ScalarKernel.FADED));
            var divisor = v.sqrt().add(epsilon);
            w = w.blend(w.sub(m.mul(alpha).div(divisor)), divisor.compare(VectorOperators.GT, 0));

            w.rearrange(TRIPLED_0)
                    .blend(m.rearrange(TRIPLED_0), SECOND_0)
                    .blend(v.rearrange(TRIPLED_0), THIRD_0)
                    .intoArray(cells, at + 3 * j);
            w.rearrange(TRIPLED_1)
                    .blend(m.rearrange(TRIPLED_1), SECOND_1)
                    .blend(v.rearrange(TRIPLED_1), THIRD_1)
                    .intoArray(cells, at + 3 * j + LANES);
            w.rearrange(TRIPLED_2)
                    .blend(m.rearrange(TRIPLED_2), SECOND_2)
                    .blend(v.rearrange(TRIPLED_2), THIRD_2)
                    .intoArray(cells, at + 3 * j + 2 * LANES);
        }
    }

    /// In two loops, piece by piece: as one it has more nodes than the compiler inlines, and makes objects of registers
    /// (3 times slower).
    void ftrl(float[] cells, Entries row, float gradient, float alpha, float beta, float l1, float l2) {
        for (int j = 0, n; j < row.n; j += n) {
            n = piece(row, j);
            open(cells, 3, row, j, n);
            accumulate(data, at, x, from, filled(n), gradient, alpha);
            solve(data, at, filled(n), alpha, beta, l1, l2);
            close(cells, 3, row, j, n);
        }
    }

    /// z and n of FTRL.
    private static void accumulate(float[] cells, int at, float[] x, int from, int n, float gradient, float alpha) {
        for (var j = 0; j < n; j += LANES) {
            var low = FloatVector.fromArray(FLOATS, cells, at + 3 * j);
            var middle = FloatVector.fromArray(FLOATS, cells, at + 3 * j + LANES);
            var high = FloatVector.fromArray(FLOATS, cells, at + 3 * j + 2 * LANES);
            var w = low.rearrange(TRIPLE_0)
                    .blend(middle.rearrange(TRIPLE_0), MIDDLE_0)
                    .blend(high.rearrange(TRIPLE_0), HIGH_0);
            var z = low.rearrange(TRIPLE_1)
                    .blend(middle.rearrange(TRIPLE_1), MIDDLE_1)
                    .blend(high.rearrange(TRIPLE_1), HIGH_1);
            var before = low.rearrange(TRIPLE_2)
                    .blend(middle.rearrange(TRIPLE_2), MIDDLE_2)
                    .blend(high.rearrange(TRIPLE_2), HIGH_2);

            var g = FloatVector.fromArray(FLOATS, x, from + j).mul(gradient);
            var after = g.fma(g, before);
            var sigma = after.sqrt().sub(before.sqrt()).neg().div(alpha);
            z = sigma.fma(w, z.add(g));

            w.rearrange(TRIPLED_0)
                    .blend(z.rearrange(TRIPLED_0), SECOND_0)
                    .blend(after.rearrange(TRIPLED_0), THIRD_0)
                    .intoArray(cells, at + 3 * j);
            w.rearrange(TRIPLED_1)
                    .blend(z.rearrange(TRIPLED_1), SECOND_1)
                    .blend(after.rearrange(TRIPLED_1), THIRD_1)
                    .intoArray(cells, at + 3 * j + LANES);
            w.rearrange(TRIPLED_2)
                    .blend(z.rearrange(TRIPLED_2), SECOND_2)
                    .blend(after.rearrange(TRIPLED_2), THIRD_2)
                    .intoArray(cells, at + 3 * j + 2 * LANES);
        }
    }

    /// The w of FTRL that its z and n stand for.
    private static void solve(float[] cells, int at, int n, float alpha, float beta, float l1, float l2) {
        var zero = FloatVector.zero(FLOATS);
        for (var j = 0; j < n; j += LANES) {
            var low = FloatVector.fromArray(FLOATS, cells, at + 3 * j);
            var middle = FloatVector.fromArray(FLOATS, cells, at + 3 * j + LANES);
            var high = FloatVector.fromArray(FLOATS, cells, at + 3 * j + 2 * LANES);
            var z = low.rearrange(TRIPLE_1)
                    .blend(middle.rearrange(TRIPLE_1), MIDDLE_1)
                    .blend(high.rearrange(TRIPLE_1), HIGH_1);
            var sum = low.rearrange(TRIPLE_2)
                    .blend(middle.rearrange(TRIPLE_2), MIDDLE_2)
                    .blend(high.rearrange(TRIPLE_2), HIGH_2);

            var left = z.abs().sub(l1);
            var divisor = sum.sqrt().add(beta).div(alpha).add(l2);
            var signed = left.reinterpretAsInts()
                    .or(z.reinterpretAsInts().and(Integer.MIN_VALUE))
                    .reinterpretAsFloats();
            var moves = left.compare(VectorOperators.GT, 0).and(divisor.compare(VectorOperators.GT, 0));
            var w = zero.blend(signed.neg().div(divisor), moves);

            low.blend(w.rearrange(TRIPLED_0), FIRST_0).intoArray(cells, at + 3 * j);
            middle.blend(w.rearrange(TRIPLED_1), FIRST_1).intoArray(cells, at + 3 * j + LANES);
            high.blend(w.rearrange(TRIPLED_2), FIRST_2).intoArray(cells, at + 3 * j + 2 * LANES);
        }
    }
}
