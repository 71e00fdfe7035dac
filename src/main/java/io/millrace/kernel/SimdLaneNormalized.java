package io.millrace.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The loops of normalized-adaptive for [SimdLaneKernel], whose rules of memory they keep: registers whole, slots in
/// ascending order.
final class SimdLaneNormalized {
    private static final VectorSpecies<Float> FLOATS = SimdLaneKernel.FLOATS;
    private static final int WIDTH = FLOATS.length();
    /// Sums are double: two registers of them for one of floats.
    private static final VectorSpecies<Double> DOUBLES =
            WIDTH == 16 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_256;

    private static final int HALF = WIDTH / 2;

    private SimdLaneNormalized() {}

    /// [LaneKernel#normalize] of the lanes from `b` on.
    static void normalize(
            float[] cells,
            int lanes,
            int b,
            int active,
            Entries row,
            float[] squares,
            double[] norms,
            double[] reaches) {
        var some = VectorMask.fromLong(FLOATS, active);
        var indices = row.indices;
        var from = row.from;
        var x = row.x;
        var offset = row.offset;
        var n = row.n;
        var square = FloatVector.fromArray(FLOATS, squares, b);
        var norm0 = DoubleVector.zero(DOUBLES);
        var norm1 = DoubleVector.zero(DOUBLES);
        var reach0 = DoubleVector.zero(DOUBLES);
        var reach1 = DoubleVector.zero(DOUBLES);
        for (var j = 0; j < n; j++) {
            var value = Math.abs(x[offset + j]);
            if (!(value > ScalarKernel.TINY)) {
                continue;
            }
            var at = indices[from + j] * 3 * lanes + b;
            var v = FloatVector.broadcast(FLOATS, value);
            var before = FloatVector.fromArray(FLOATS, cells, at + lanes);
            var scale = FloatVector.fromArray(FLOATS, cells, at + 2 * lanes);
            var sum = square.mul(v).fma(v, before);
            var grows = scale.compare(VectorOperators.LT, v).and(some);
            if (grows.anyTrue()) {
                var w = FloatVector.fromArray(FLOATS, cells, at);
                w.blend(w.mul(scale.div(v)), grows).intoArray(cells, at);
                before.blend(sum, some).intoArray(cells, at + lanes);
                scale.blend(v, grows).intoArray(cells, at + 2 * lanes);
                scale = scale.blend(v, grows);
            } else {
                before.blend(sum, some).intoArray(cells, at + lanes);
            }
            var share = v.div(scale);
            var square2 = share.mul(share);
            norm0 = norm0.add(square2.convertShape(VectorOperators.F2D, DOUBLES, 0));
            norm1 = norm1.add(square2.convertShape(VectorOperators.F2D, DOUBLES, 1));
            var reach = FloatVector.zero(FLOATS)
                    .blend(v.mul(share.div(sum.lanewise(VectorOperators.SQRT))), sum.compare(VectorOperators.GT, 0));
            reach0 = reach0.add(reach.convertShape(VectorOperators.F2D, DOUBLES, 0));
            reach1 = reach1.add(reach.convertShape(VectorOperators.F2D, DOUBLES, 1));
        }
        var first = VectorMask.fromLong(DOUBLES, active);
        var second = VectorMask.fromLong(DOUBLES, active >>> HALF);
        var none = DoubleVector.zero(DOUBLES);
        none.blend(norm0, first).intoArray(norms, b);
        none.blend(norm1, second).intoArray(norms, b + HALF);
        none.blend(reach0, first).intoArray(reaches, b);
        none.blend(reach1, second).intoArray(reaches, b + HALF);
    }

    /// [LaneKernel#addNormalized] of the lanes from `b` on.
    static void add(float[] cells, int lanes, int b, int active, Entries row, float[] scales) {
        var some = VectorMask.fromLong(FLOATS, active);
        var indices = row.indices;
        var from = row.from;
        var x = row.x;
        var offset = row.offset;
        var n = row.n;
        var scale = FloatVector.fromArray(FLOATS, scales, b);
        for (var j = 0; j < n; j++) {
            var value = x[offset + j];
            if (Math.abs(value) > ScalarKernel.TINY) {
                var at = indices[from + j] * 3 * lanes + b;
                var w = FloatVector.fromArray(FLOATS, cells, at);
                var root = FloatVector.fromArray(FLOATS, cells, at + lanes).lanewise(VectorOperators.SQRT);
                var share = FloatVector.broadcast(FLOATS, value)
                        .div(FloatVector.fromArray(FLOATS, cells, at + 2 * lanes))
                        .div(root);
                w.blend(scale.fma(share, w), root.compare(VectorOperators.GT, 0).and(some))
                        .intoArray(cells, at);
            }
        }
    }
}
