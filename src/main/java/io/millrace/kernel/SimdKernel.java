package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The same bits as [ScalarKernel], in vector registers where they pay. One a thread: it has a buffer.
///
/// In registers, and here, is what goes over a row of more than [#SHORT] entries and writes no cell: the dot product,
/// whose sixteen partial sums are the lanes of a register of 512 bits, and the check before a plain step. Rows whose
/// entries are known to be distinct go to [SimdSteps]. All
/// else, and all on a CPU with smaller registers, is the scalar loop. Scalar time over vector time for 75
/// entries, on a Xeon with AVX-512 (docs/benchmarks.md has whole steps):
///
/// | weights | 2^12 | 2^18 | 2^22 |
/// |---|--:|--:|--:|
/// | dot product | 1.3 | 1.5 | 1.0 |
/// | plain step, its check in registers | 1.4 | 1.6 | 1.0 |
/// | dot product, registers of 256 bits | 0.9 | 1.1 | 0.9 |
/// | AdaGrad's step | 0.7 | 0.8 | 0.8 |
///
/// The last gathers and scatters. It must find lanes that share an index, because the second has to see what
/// the first did: without that it would be 1.8, and without a scatter (AVX2 has none) 0.9. It is not here.
final class SimdKernel extends ScalarKernel {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
    private static final int LANES = 16;
    /// Bits of this CPU's registers, as far as the JVM uses them.
    static final int BITS = FloatVector.SPECIES_PREFERRED.vectorBitSize();

    private static final boolean WIDE = BITS >= FLOATS.vectorBitSize();

    /// Where the cells of the lanes begin.
    private final int[] at = new int[4 * LANES];

    private final SimdSteps steps = new SimdSteps();

    @Override
    public String name() {
        return "simd";
    }

    @Override
    public Dense dense() {
        return new SimdDense();
    }

    @Override
    public LaneKernel lanes() {
        return new SimdLaneKernel();
    }

    @Override
    public float dot(float[] cells, int stride, Entries row) {
        if (!WIDE || row.n <= SHORT) {
            return super.dot(cells, stride, row);
        }
        return wide(cells, stride, row.indices, row.from, row.x, row.offset, row.n);
    }

    /// The sum of a long row. Four registers a turn make this method too long to be inlined, on purpose: in
    /// a larger one the compiler runs out of room, leaves calls into the Vector API, and makes an object of
    /// every register (5 times slower).
    private float wide(float[] cells, int stride, int[] indices, int from, float[] x, int offset, int n) {
        var sums = FloatVector.zero(FLOATS);
        var j = 0;
        for (; j <= n - 4 * LANES; j += 4 * LANES) {
            IntVector.fromArray(INTS, indices, from + j).mul(stride).intoArray(at, 0);
            IntVector.fromArray(INTS, indices, from + j + 1 * LANES).mul(stride).intoArray(at, 1 * LANES);
            IntVector.fromArray(INTS, indices, from + j + 2 * LANES).mul(stride).intoArray(at, 2 * LANES);
            IntVector.fromArray(INTS, indices, from + j + 3 * LANES).mul(stride).intoArray(at, 3 * LANES);
            sums = FloatVector.fromArray(FLOATS, cells, 0, at, 0)
                    .fma(FloatVector.fromArray(FLOATS, x, offset + j), sums);
            sums = FloatVector.fromArray(FLOATS, cells, 0, at, 1 * LANES)
                    .fma(FloatVector.fromArray(FLOATS, x, offset + j + 1 * LANES), sums);
            sums = FloatVector.fromArray(FLOATS, cells, 0, at, 2 * LANES)
                    .fma(FloatVector.fromArray(FLOATS, x, offset + j + 2 * LANES), sums);
            sums = FloatVector.fromArray(FLOATS, cells, 0, at, 3 * LANES)
                    .fma(FloatVector.fromArray(FLOATS, x, offset + j + 3 * LANES), sums);
        }
        for (; j <= n - LANES; j += LANES) {
            IntVector.fromArray(INTS, indices, from + j).mul(stride).intoArray(at, 0);
            sums = FloatVector.fromArray(FLOATS, cells, 0, at, 0)
                    .fma(FloatVector.fromArray(FLOATS, x, offset + j), sums);
        }
        if (j < n) {
            var rest = FLOATS.indexInRange(j, n);
            IntVector.fromArray(INTS, indices, from + j, rest.cast(INTS))
                    .mul(stride)
                    .intoArray(at, 0);
            var w = FloatVector.fromArray(FLOATS, cells, 0, at, 0, rest);
            sums = sums.blend(w.fma(FloatVector.fromArray(FLOATS, x, offset + j, rest), sums), rest);
        }
        return fold(sums);
    }

    /// The sixteen sums in halves: `k` and `k + 8`, then `k + 4`, `k + 2`, `k + 1`.
    private static float fold(FloatVector sums) {
        var eight = ((FloatVector) sums.reinterpretShape(FloatVector.SPECIES_256, 0))
                .add((FloatVector) sums.reinterpretShape(FloatVector.SPECIES_256, 1));
        var four = ((FloatVector) eight.reinterpretShape(FloatVector.SPECIES_128, 0))
                .add((FloatVector) eight.reinterpretShape(FloatVector.SPECIES_128, 1));
        return (four.lane(0) + four.lane(2)) + (four.lane(1) + four.lane(3));
    }

    @Override
    public float dot(float[] w, float[] x, int n) {
        if (!WIDE || n <= SHORT) {
            return super.dot(w, x, n);
        }
        var sums = FloatVector.zero(FLOATS);
        for (var j = 0; j < n; j += LANES) {
            var some = FLOATS.indexInRange(j, n);
            var v = FloatVector.fromArray(FLOATS, w, j, some);
            sums = sums.blend(v.fma(FloatVector.fromArray(FLOATS, x, j, some), sums), some);
        }
        return fold(sums);
    }

    @Override
    public boolean addScaled(float[] cells, int stride, Entries row, float scale) {
        if (stride == 1 && apart(row)) {
            return steps.addScaled(cells, row, scale);
        }
        if (!WIDE || row.n <= SHORT) {
            return super.addScaled(cells, stride, row, scale);
        }
        var reach = reach(row, scale);
        if (!(reach <= LIMIT)) {
            return false;
        }
        if (!within(cells, stride, row.indices, row.from, row.x, row.offset, row.n, reach)) {
            return false;
        }
        add(cells, stride, row, scale);
        return true;
    }

    /// Whether the check holds for every entry. As long as [#wide], for its reason.
    private boolean within(
            float[] cells, int stride, int[] indices, int from, float[] x, int offset, int n, float reach) {
        var reaches = FloatVector.broadcast(FLOATS, reach);
        var j = 0;
        for (; j <= n - 4 * LANES; j += 4 * LANES) {
            IntVector.fromArray(INTS, indices, from + j).mul(stride).intoArray(at, 0);
            IntVector.fromArray(INTS, indices, from + j + 1 * LANES).mul(stride).intoArray(at, 1 * LANES);
            IntVector.fromArray(INTS, indices, from + j + 2 * LANES).mul(stride).intoArray(at, 2 * LANES);
            IntVector.fromArray(INTS, indices, from + j + 3 * LANES).mul(stride).intoArray(at, 3 * LANES);
            var most0 = FloatVector.fromArray(FLOATS, x, offset + j)
                    .abs()
                    .fma(reaches, FloatVector.fromArray(FLOATS, cells, 0, at, 0).abs());
            var most1 = FloatVector.fromArray(FLOATS, x, offset + j + 1 * LANES)
                    .abs()
                    .fma(
                            reaches,
                            FloatVector.fromArray(FLOATS, cells, 0, at, 1 * LANES)
                                    .abs());
            var most2 = FloatVector.fromArray(FLOATS, x, offset + j + 2 * LANES)
                    .abs()
                    .fma(
                            reaches,
                            FloatVector.fromArray(FLOATS, cells, 0, at, 2 * LANES)
                                    .abs());
            var most3 = FloatVector.fromArray(FLOATS, x, offset + j + 3 * LANES)
                    .abs()
                    .fma(
                            reaches,
                            FloatVector.fromArray(FLOATS, cells, 0, at, 3 * LANES)
                                    .abs());
            if (!most0.max(most1)
                    .max(most2.max(most3))
                    .compare(VectorOperators.LE, LIMIT)
                    .allTrue()) {
                return false;
            }
        }
        for (; j < n; j += LANES) {
            var some = FLOATS.indexInRange(j, n);
            IntVector.fromArray(INTS, indices, from + j, some.cast(INTS))
                    .mul(stride)
                    .intoArray(at, 0);
            var w = FloatVector.fromArray(FLOATS, cells, 0, at, 0, some).abs();
            var most = FloatVector.fromArray(FLOATS, x, offset + j, some).abs().fma(reaches, w);
            if (!most.compare(VectorOperators.LE, LIMIT).allTrue()) {
                return false;
            }
        }
        return true;
    }

    /// Whether the entries of a row are distinct, and enough of them for [SimdSteps].
    private static boolean apart(Entries row) {
        return row.distinct && row.n > SHORT;
    }

    @Override
    public boolean bounded(Entries row, float gradient) {
        return apart(row) ? SimdSteps.largest(row) * Math.abs(gradient) <= MOST : super.bounded(row, gradient);
    }

    @Override
    public void shrink(float[] cells, int stride, Entries row, float l1, float l2) {
        if (stride <= SimdSteps.MOST && apart(row)) {
            steps.shrink(cells, stride, row, l1, l2);
        } else {
            super.shrink(cells, stride, row, l1, l2);
        }
    }

    @Override
    public void momentum(float[] cells, Entries row, float scale, float mu, boolean nesterov) {
        if (apart(row)) {
            steps.momentum(cells, row, scale, mu, nesterov);
        } else {
            super.momentum(cells, row, scale, mu, nesterov);
        }
    }

    @Override
    public void adaptive(
            float[] cells,
            Entries row,
            float gradient,
            float rate,
            float keep,
            float take,
            float epsilon,
            float l1,
            float l2) {
        if (apart(row)) {
            steps.adaptive(cells, row, gradient, rate, keep, take, epsilon, l1, l2);
        } else {
            super.adaptive(cells, row, gradient, rate, keep, take, epsilon, l1, l2);
        }
    }

    @Override
    public void adam(float[] cells, Entries row, float gradient, float alpha, float beta1, float beta2, float epsilon) {
        if (apart(row)) {
            steps.adam(cells, row, gradient, alpha, beta1, beta2, epsilon);
        } else {
            super.adam(cells, row, gradient, alpha, beta1, beta2, epsilon);
        }
    }

    @Override
    public void ftrl(float[] cells, Entries row, float gradient, float alpha, float beta, float l1, float l2) {
        if (apart(row)) {
            steps.ftrl(cells, row, gradient, alpha, beta, l1, l2);
        } else {
            super.ftrl(cells, row, gradient, alpha, beta, l1, l2);
        }
    }
}
