package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The same bits as [ScalarLaneKernel], sixteen lanes (with registers of 256 bits: eight) an instruction.
///
/// Registers run across the lanes, so a row may be of any length and name a feature twice, and nothing is gathered.
/// A register is read and written whole: what stands beyond the lanes of a slot is written back as it was, slots in
/// ascending order. That takes no masked access to memory, but [LaneStep#MOST] floats behind the last cell.
/// Long loops are written out four entries a turn, which keeps them from being inlined: see [SimdKernel].
/// With registers of fewer than 256 bits it is the scalar loop.
final class SimdLaneKernel extends ScalarLaneKernel {
    private static final boolean WIDE = SimdKernel.BITS >= 256;
    static final VectorSpecies<Float> FLOATS =
            SimdKernel.BITS >= 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;
    private static final int WIDTH = FLOATS.length();
    /// Entries a turn.
    private static final int TURN = 4;

    private static VectorMask<Float> some(int lanes) {
        return VectorMask.fromLong(FLOATS, lanes);
    }

    @Override
    public void margins(float[] cells, int slots, Entries row, LaneStep step) {
        if (!WIDE) {
            super.margins(cells, slots, row, step);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            margins(cells, slots * step.lanes, b, row, step.margins);
        }
    }

    private static void margins(float[] cells, int stride, int b, Entries row, float[] into) {
        var indices = row.indices;
        var from = row.from;
        var x = row.x;
        var offset = row.offset;
        var n = row.n;
        var sums = FloatVector.zero(FLOATS);
        var j = 0;
        for (; j <= n - TURN; j += TURN) {
            sums = FloatVector.fromArray(FLOATS, cells, indices[from + j] * stride + b)
                    .fma(FloatVector.broadcast(FLOATS, x[offset + j]), sums);
            sums = FloatVector.fromArray(FLOATS, cells, indices[from + j + 1] * stride + b)
                    .fma(FloatVector.broadcast(FLOATS, x[offset + j + 1]), sums);
            sums = FloatVector.fromArray(FLOATS, cells, indices[from + j + 2] * stride + b)
                    .fma(FloatVector.broadcast(FLOATS, x[offset + j + 2]), sums);
            sums = FloatVector.fromArray(FLOATS, cells, indices[from + j + 3] * stride + b)
                    .fma(FloatVector.broadcast(FLOATS, x[offset + j + 3]), sums);
        }
        for (; j < n; j++) {
            sums = FloatVector.fromArray(FLOATS, cells, indices[from + j] * stride + b)
                    .fma(FloatVector.broadcast(FLOATS, x[offset + j]), sums);
        }
        sums.intoArray(into, b);
    }

    @Override
    public void logistic(LaneStep step, float label, float[] predictions) {
        if (!WIDE) {
            super.logistic(step, label, predictions);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            var p = sigmoid(FloatVector.fromArray(FLOATS, step.margins, b));
            p.intoArray(predictions, b);
            p.sub(label).intoArray(step.gradients, b);
        }
    }

    private static FloatVector sigmoid(FloatVector margins) {
        var m = margins.blend(Exp.MARGIN, margins.compare(VectorOperators.GT, Exp.MARGIN))
                .blend(-Exp.MARGIN, margins.compare(VectorOperators.LT, -Exp.MARGIN))
                .blend(0, margins.test(VectorOperators.IS_NAN));
        return FloatVector.broadcast(FLOATS, 1).div(SimdExp.exp(m.neg()).add(1));
    }

    @Override
    public int slopes(LaneStep step, float weight, float clip) {
        if (!WIDE) {
            return super.slopes(step, weight, clip);
        }
        var finite = 0L;
        for (var b = 0; b < step.lanes; b += WIDTH) {
            var slopes = FloatVector.fromArray(FLOATS, step.gradients, b).mul(weight);
            var margins = FloatVector.fromArray(FLOATS, step.margins, b);
            finite |= margins.abs()
                            .compare(VectorOperators.LE, Float.MAX_VALUE)
                            .and(slopes.abs().compare(VectorOperators.LE, Float.MAX_VALUE))
                            .toLong()
                    << b;
            slopes.blend(clip, slopes.compare(VectorOperators.GT, clip))
                    .blend(-clip, slopes.compare(VectorOperators.LT, -clip))
                    .intoArray(step.gradients, b);
        }
        return (int) finite & step.all();
    }

    @Override
    public int addScaled(float[] cells, Entries row, LaneStep step) {
        if (!WIDE) {
            return super.addScaled(cells, row, step);
        }
        var moved = 0;
        for (var b = 0; b < step.lanes; b += WIDTH) {
            var moves = step.active >>> b & within(cells, step.lanes, b, row, step.rates, step.gradients);
            add(cells, step.lanes, b, moves, row, step.rates, step.gradients);
            moved |= moves << b;
        }
        return moved;
    }

    private static int within(float[] cells, int lanes, int b, Entries row, float[] rates, float[] gradients) {
        var indices = row.indices;
        var from = row.from;
        var x = row.x;
        var offset = row.offset;
        var reach = FloatVector.fromArray(FLOATS, rates, b)
                .neg()
                .mul(FloatVector.fromArray(FLOATS, gradients, b))
                .abs()
                .mul(row.n);
        var n = row.n;
        // bits of floats without a sign are ordered as they are, NaN above all
        var most = reach.reinterpretAsInts();
        var j = 0;
        for (; j <= n - TURN; j += TURN) {
            most = most.max(reach.fma(
                            FloatVector.broadcast(FLOATS, x[offset + j]).abs(),
                            FloatVector.fromArray(FLOATS, cells, indices[from + j] * lanes + b)
                                    .abs())
                    .reinterpretAsInts());
            most = most.max(reach.fma(
                            FloatVector.broadcast(FLOATS, x[offset + j + 1]).abs(),
                            FloatVector.fromArray(FLOATS, cells, indices[from + j + 1] * lanes + b)
                                    .abs())
                    .reinterpretAsInts());
            most = most.max(reach.fma(
                            FloatVector.broadcast(FLOATS, x[offset + j + 2]).abs(),
                            FloatVector.fromArray(FLOATS, cells, indices[from + j + 2] * lanes + b)
                                    .abs())
                    .reinterpretAsInts());
            most = most.max(reach.fma(
                            FloatVector.broadcast(FLOATS, x[offset + j + 3]).abs(),
                            FloatVector.fromArray(FLOATS, cells, indices[from + j + 3] * lanes + b)
                                    .abs())
                    .reinterpretAsInts());
        }
        for (; j < n; j++) {
            most = most.max(reach.fma(
                            FloatVector.broadcast(FLOATS, x[offset + j]).abs(),
                            FloatVector.fromArray(FLOATS, cells, indices[from + j] * lanes + b)
                                    .abs())
                    .reinterpretAsInts());
        }
        return (int) most.reinterpretAsFloats()
                .compare(VectorOperators.LE, ScalarKernel.LIMIT)
                .toLong();
    }

    private static void add(float[] cells, int lanes, int b, int moves, Entries row, float[] rates, float[] gradients) {
        var some = some(moves);
        var indices = row.indices;
        var from = row.from;
        var x = row.x;
        var offset = row.offset;
        var scale = FloatVector.fromArray(FLOATS, rates, b).neg().mul(FloatVector.fromArray(FLOATS, gradients, b));
        var n = row.n;
        int at;
        FloatVector w;
        var j = 0;
        for (; j <= n - TURN; j += TURN) {
            at = indices[from + j] * lanes + b;
            w = FloatVector.fromArray(FLOATS, cells, at);
            w.blend(scale.fma(FloatVector.broadcast(FLOATS, x[offset + j]), w), some)
                    .intoArray(cells, at);
            at = indices[from + j + 1] * lanes + b;
            w = FloatVector.fromArray(FLOATS, cells, at);
            w.blend(scale.fma(FloatVector.broadcast(FLOATS, x[offset + j + 1]), w), some)
                    .intoArray(cells, at);
            at = indices[from + j + 2] * lanes + b;
            w = FloatVector.fromArray(FLOATS, cells, at);
            w.blend(scale.fma(FloatVector.broadcast(FLOATS, x[offset + j + 2]), w), some)
                    .intoArray(cells, at);
            at = indices[from + j + 3] * lanes + b;
            w = FloatVector.fromArray(FLOATS, cells, at);
            w.blend(scale.fma(FloatVector.broadcast(FLOATS, x[offset + j + 3]), w), some)
                    .intoArray(cells, at);
        }
        for (; j < n; j++) {
            at = indices[from + j] * lanes + b;
            w = FloatVector.fromArray(FLOATS, cells, at);
            w.blend(scale.fma(FloatVector.broadcast(FLOATS, x[offset + j]), w), some)
                    .intoArray(cells, at);
        }
    }

    @Override
    public int bounded(Entries row, LaneStep step) {
        if (!WIDE) {
            return super.bounded(row, step);
        }
        var most = ScalarKernel.largest(row);
        var bounded = 0L;
        for (var b = 0; b < step.lanes; b += WIDTH) {
            bounded |= FloatVector.fromArray(FLOATS, step.gradients, b)
                            .abs()
                            .mul(most)
                            .compare(VectorOperators.LE, Kernel.MOST)
                            .toLong()
                    << b;
        }
        return (int) bounded & step.active;
    }

    private static FloatVector shrunk(FloatVector w, FloatVector l1, FloatVector l2) {
        var left = w.abs().sub(l1);
        var shrunk = signed(left, w).div(l2.add(1));
        return FloatVector.zero(FLOATS).blend(shrunk, left.compare(VectorOperators.GT, 0));
    }

    /// `Math.copySign` of what is not negative.
    private static FloatVector signed(FloatVector magnitude, FloatVector sign) {
        return magnitude
                .reinterpretAsInts()
                .or(sign.reinterpretAsInts().and(Integer.MIN_VALUE))
                .reinterpretAsFloats();
    }

    @Override
    public void shrink(float[] cells, int slots, Entries row, LaneStep step) {
        if (!WIDE) {
            super.shrink(cells, slots, row, step);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            shrink(cells, slots * step.lanes, b, step.active >>> b, row, step.rates, step.l1, step.l2);
        }
    }

    private static void shrink(
            float[] cells, int stride, int b, int active, Entries row, float[] rates, float[] l1s, float[] l2s) {
        var rate = FloatVector.fromArray(FLOATS, rates, b);
        var l1 = FloatVector.fromArray(FLOATS, l1s, b);
        var l2 = FloatVector.fromArray(FLOATS, l2s, b);
        var some = some(active).and(on(l1, l2));
        var by1 = rate.mul(l1);
        var by2 = rate.mul(l2);
        for (var j = 0; j < row.n; j++) {
            var at = row.indices[row.from + j] * stride + b;
            var w = FloatVector.fromArray(FLOATS, cells, at);
            w.blend(shrunk(w, by1, by2), some).intoArray(cells, at);
        }
    }

    private static VectorMask<Float> on(FloatVector l1, FloatVector l2) {
        return l1.compare(VectorOperators.GT, 0).or(l2.compare(VectorOperators.GT, 0));
    }

    @Override
    public void momentum(float[] cells, Entries row, LaneStep step, float mu, boolean nesterov) {
        if (!WIDE) {
            super.momentum(cells, row, step, mu, nesterov);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            momentum(cells, step.lanes, b, step.active >>> b, row, step.rates, step.gradients, mu, nesterov);
        }
    }

    private static void momentum(
            float[] cells,
            int lanes,
            int b,
            int active,
            Entries row,
            float[] rates,
            float[] gradients,
            float mu,
            boolean nesterov) {
        var some = some(active);
        var scale = FloatVector.fromArray(FLOATS, rates, b).neg().mul(FloatVector.fromArray(FLOATS, gradients, b));
        var stays = FloatVector.broadcast(FLOATS, mu);
        for (var j = 0; j < row.n; j++) {
            var at = row.indices[row.from + j] * 2 * lanes + b;
            var move = scale.mul(row.x[row.offset + j]);
            var w = FloatVector.fromArray(FLOATS, cells, at);
            var before = FloatVector.fromArray(FLOATS, cells, at + lanes);
            var v = stays.fma(before, move);
            v = v.blend(0, v.abs().compare(VectorOperators.LT, ScalarKernel.FADED));
            w.blend(w.add(nesterov ? stays.fma(v, move) : v), some).intoArray(cells, at);
            before.blend(v, some).intoArray(cells, at + lanes);
        }
    }

    @Override
    public void adaptive(float[] cells, Entries row, LaneStep step, float keep, float take, float epsilon) {
        if (!WIDE) {
            super.adaptive(cells, row, step, keep, take, epsilon);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            adaptive(cells, step, b, row, keep, take, epsilon);
        }
    }

    private static void adaptive(
            float[] cells, LaneStep step, int b, Entries row, float keep, float take, float epsilon) {
        var lanes = step.lanes;
        var active = some(step.active >>> b);
        var gradient = FloatVector.fromArray(FLOATS, step.gradients, b);
        var rate = FloatVector.fromArray(FLOATS, step.rates, b);
        var l1 = FloatVector.fromArray(FLOATS, step.l1, b);
        var l2 = FloatVector.fromArray(FLOATS, step.l2, b);
        var shrinks = on(l1, l2).and(active);
        var any = shrinks.anyTrue();
        for (var j = 0; j < row.n; j++) {
            var at = row.indices[row.from + j] * 2 * lanes + b;
            var g = gradient.mul(row.x[row.offset + j]);
            var w = FloatVector.fromArray(FLOATS, cells, at);
            var before = FloatVector.fromArray(FLOATS, cells, at + lanes);
            var sum = g.mul(take).fma(g, before.mul(keep));
            var some = sum.compare(VectorOperators.GT, 0).and(active);
            var r = rate.div(sum.sqrt().add(epsilon));
            var after = r.neg().fma(g, w);
            if (any) {
                after = after.blend(shrunk(after, r.mul(l1), r.mul(l2)), shrinks);
            }
            w.blend(after, some).intoArray(cells, at);
            before.blend(sum, some).intoArray(cells, at + lanes);
        }
    }

    @Override
    public void adam(float[] cells, Entries row, LaneStep step, float beta1, float beta2, float epsilon) {
        if (!WIDE) {
            super.adam(cells, row, step, beta1, beta2, epsilon);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            adam(cells, step, b, row, beta1, beta2, epsilon);
        }
    }

    private static void adam(
            float[] cells, LaneStep step, int b, Entries row, float beta1, float beta2, float epsilon) {
        var lanes = step.lanes;
        var active = some(step.active >>> b);
        var gradient = FloatVector.fromArray(FLOATS, step.gradients, b);
        var alpha = FloatVector.fromArray(FLOATS, step.rates, b);
        var keep1 = FloatVector.broadcast(FLOATS, beta1);
        var keep2 = FloatVector.broadcast(FLOATS, beta2);
        for (var j = 0; j < row.n; j++) {
            var at = row.indices[row.from + j] * 3 * lanes + b;
            var g = gradient.mul(row.x[row.offset + j]);
            var w = FloatVector.fromArray(FLOATS, cells, at);
            var mean = FloatVector.fromArray(FLOATS, cells, at + lanes);
            var square = FloatVector.fromArray(FLOATS, cells, at + 2 * lanes);
            var m = keep1.fma(mean, g.mul(1 - beta1));
            m = m.blend(0, m.abs().compare(VectorOperators.LT, ScalarKernel.FADED));
            var v = keep2.fma(square, g.mul(1 - beta2).mul(g));
            v = v.blend(0, v.abs().compare(VectorOperators.LT, ScalarKernel.FADED));
            var divisor = v.sqrt().add(epsilon);
            var some = divisor.compare(VectorOperators.GT, 0).and(active);
            w.blend(w.sub(alpha.mul(m).div(divisor)), some).intoArray(cells, at);
            mean.blend(m, active).intoArray(cells, at + lanes);
            square.blend(v, active).intoArray(cells, at + 2 * lanes);
        }
    }

    @Override
    public void ftrl(float[] cells, Entries row, LaneStep step, float beta) {
        if (!WIDE) {
            super.ftrl(cells, row, step, beta);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            ftrl(cells, step, b, row, beta);
        }
    }

    private static void ftrl(float[] cells, LaneStep step, int b, Entries row, float beta) {
        var lanes = step.lanes;
        var active = some(step.active >>> b);
        var gradient = FloatVector.fromArray(FLOATS, step.gradients, b);
        var alpha = FloatVector.fromArray(FLOATS, step.rates, b);
        var l1 = FloatVector.fromArray(FLOATS, step.l1, b);
        var l2 = FloatVector.fromArray(FLOATS, step.l2, b);
        for (var j = 0; j < row.n; j++) {
            var at = row.indices[row.from + j] * 3 * lanes + b;
            var g = gradient.mul(row.x[row.offset + j]);
            var w = FloatVector.fromArray(FLOATS, cells, at);
            var z = FloatVector.fromArray(FLOATS, cells, at + lanes);
            var before = FloatVector.fromArray(FLOATS, cells, at + 2 * lanes);
            var after = g.fma(g, before);
            var root = after.sqrt();
            var moved = root.sub(before.sqrt()).neg().div(alpha).fma(w, z.add(g));
            var left = moved.abs().sub(l1);
            var divisor = root.add(beta).div(alpha).add(l2);
            var counts = left.compare(VectorOperators.GT, 0).and(divisor.compare(VectorOperators.GT, 0));
            var made = FloatVector.zero(FLOATS).blend(signed(left, moved).neg().div(divisor), counts);
            w.blend(made, active).intoArray(cells, at);
            z.blend(moved, active).intoArray(cells, at + lanes);
            before.blend(after, active).intoArray(cells, at + 2 * lanes);
        }
    }

    @Override
    public void normalize(
            float[] cells, Entries row, LaneStep step, float[] squares, double[] norms, double[] reaches) {
        if (!WIDE) {
            super.normalize(cells, row, step, squares, norms, reaches);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            SimdLaneNormalized.normalize(cells, step.lanes, b, step.active >>> b, row, squares, norms, reaches);
        }
    }

    @Override
    public void addNormalized(float[] cells, Entries row, LaneStep step, float[] scales) {
        if (!WIDE) {
            super.addNormalized(cells, row, step, scales);
            return;
        }
        for (var b = 0; b < step.lanes; b += WIDTH) {
            SimdLaneNormalized.add(cells, step.lanes, b, step.active >>> b, row, scales);
        }
    }
}
