package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [Digest#sum], eight floats a turn.
final class SimdDigest {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_512;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
    private static final int LANES = 8;

    private SimdDigest() {}

    static long sum(float[] data, int at, int step, int n, int number) {
        var turns = n & -LANES;
        return (step == 1 ? together(data, at, turns, number) : apart(data, at, step, turns, number))
                + Digest.plain(data, at + turns * step, step, n - turns, number + turns);
    }

    private static long together(float[] data, int at, int n, int number) {
        var sums = LongVector.zero(LONGS);
        var numbers = numbers(number);
        for (var i = 0; i < n; i += LANES) {
            sums = added(sums, FloatVector.fromArray(FLOATS, data, at + i), numbers);
            numbers = numbers.add((long) LANES << 32);
        }
        return sums.reduceLanes(VectorOperators.ADD);
    }

    private static long apart(float[] data, int at, int step, int n, int number) {
        var places = new int[LANES];
        IntVector.zero(INTS).addIndex(step).intoArray(places, 0);
        var sums = LongVector.zero(LONGS);
        var numbers = numbers(number);
        for (var i = 0; i < n; i += LANES) {
            sums = added(sums, FloatVector.fromArray(FLOATS, data, at + i * step, places, 0), numbers);
            numbers = numbers.add((long) LANES << 32);
        }
        return sums.reduceLanes(VectorOperators.ADD);
    }

    /// `number` and the seven after it, in the upper halves.
    private static LongVector numbers(int number) {
        return LongVector.broadcast(LONGS, number)
                .add(LongVector.zero(LONGS).addIndex(1))
                .lanewise(VectorOperators.LSHL, 32);
    }

    private static LongVector added(LongVector sums, FloatVector floats, LongVector numbers) {
        var bits = (LongVector) floats.reinterpretAsInts().convertShape(VectorOperators.ZERO_EXTEND_I2L, LONGS, 0);
        return sums.add(mixed(bits.or(numbers)), bits.and(Integer.MAX_VALUE).compare(VectorOperators.NE, 0));
    }

    private static LongVector mixed(LongVector bits) {
        var z = bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.LSHR, 30))
                .mul(0xbf58476d1ce4e5b9L);
        z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 27))
                .mul(0x94d049bb133111ebL);
        return z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 31));
    }
}
