package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [Activation]s and their slopes in vector registers: the same bits.
///
/// Every one has loops of its own: where a register may come out of one of several branches, the
/// compiler sometimes makes objects of it, which took five to forty times as long.
final class SimdActivations {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();

    private SimdActivations() {}

    static void activate(Activation f, float[] z, float[] y, int from, int to) {
        switch (f) {
            case IDENTITY -> System.arraycopy(z, from, y, from, to - from);
            case RELU -> relu(z, y, from, to);
            case LEAKY_RELU -> leaky(z, y, from, to);
            case SIGMOID -> sigmoid(z, y, from, to);
            case TANH -> tanh(z, y, from, to);
            case GELU -> gelu(z, y, from, to);
        }
    }

    static void slopes(Activation f, float[] z, float[] y, float[] dy, int from, int to) {
        switch (f) {
            case IDENTITY -> {}
            case RELU -> rectifierSlopes(z, 0, dy, from, to);
            case LEAKY_RELU -> rectifierSlopes(z, Activation.LEAK, dy, from, to);
            case SIGMOID -> sigmoidSlopes(y, dy, from, to);
            case TANH -> tanhSlopes(y, dy, from, to);
            case GELU -> geluSlopes(z, dy, from, to);
        }
    }

    private static void relu(float[] z, float[] y, int from, int to) {
        var zero = FloatVector.zero(FLOATS);
        for (var k = from; k < to; k += LANES) {
            var some = FloatVector.fromArray(FLOATS, z, k);
            zero.blend(some, some.compare(VectorOperators.GT, 0)).intoArray(y, k);
        }
    }

    private static void leaky(float[] z, float[] y, int from, int to) {
        for (var k = from; k < to; k += LANES) {
            var some = FloatVector.fromArray(FLOATS, z, k);
            some.mul(Activation.LEAK)
                    .blend(some, some.compare(VectorOperators.GT, 0))
                    .intoArray(y, k);
        }
    }

    private static void sigmoid(float[] z, float[] y, int from, int to) {
        for (var k = from; k < to; k += LANES) {
            sigmoid(FloatVector.fromArray(FLOATS, z, k)).intoArray(y, k);
        }
    }

    private static void tanh(float[] z, float[] y, int from, int to) {
        for (var k = from; k < to; k += LANES) {
            sigmoid(FloatVector.fromArray(FLOATS, z, k).mul(2)).fma(2, -1).intoArray(y, k);
        }
    }

    private static void gelu(float[] z, float[] y, int from, int to) {
        for (var k = from; k < to; k += LANES) {
            var some = FloatVector.fromArray(FLOATS, z, k);
            var curve = some.mul(some).fma(Activation.GELU_3, Activation.GELU_1);
            some.mul(sigmoid(some.mul(curve))).intoArray(y, k);
        }
    }

    /// A slope of 1 where z is more than 0, else another.
    private static void rectifierSlopes(float[] z, float other, float[] dy, int from, int to) {
        var one = FloatVector.broadcast(FLOATS, 1);
        var others = FloatVector.broadcast(FLOATS, other);
        for (var k = from; k < to; k += LANES) {
            var slope = others.blend(one, FloatVector.fromArray(FLOATS, z, k).compare(VectorOperators.GT, 0));
            FloatVector.fromArray(FLOATS, dy, k).mul(slope).intoArray(dy, k);
        }
    }

    private static void sigmoidSlopes(float[] y, float[] dy, int from, int to) {
        var one = FloatVector.broadcast(FLOATS, 1);
        for (var k = from; k < to; k += LANES) {
            var some = FloatVector.fromArray(FLOATS, y, k);
            FloatVector.fromArray(FLOATS, dy, k).mul(some.mul(one.sub(some))).intoArray(dy, k);
        }
    }

    private static void tanhSlopes(float[] y, float[] dy, int from, int to) {
        var one = FloatVector.broadcast(FLOATS, 1);
        for (var k = from; k < to; k += LANES) {
            var some = FloatVector.fromArray(FLOATS, y, k);
            FloatVector.fromArray(FLOATS, dy, k).mul(some.neg().fma(some, one)).intoArray(dy, k);
        }
    }

    private static void geluSlopes(float[] z, float[] dy, int from, int to) {
        var one = FloatVector.broadcast(FLOATS, 1);
        for (var k = from; k < to; k += LANES) {
            var some = FloatVector.fromArray(FLOATS, z, k);
            var square = some.mul(some);
            var s = sigmoid(some.mul(square.fma(Activation.GELU_3, Activation.GELU_1)));
            var slope = some.mul(s.mul(one.sub(s))).fma(square.fma(3 * Activation.GELU_3, Activation.GELU_1), s);
            FloatVector.fromArray(FLOATS, dy, k).mul(slope).intoArray(dy, k);
        }
    }

    private static FloatVector sigmoid(FloatVector z) {
        var one = FloatVector.broadcast(FLOATS, 1);
        return one.div(SimdExp.exp(z.neg()).add(one));
    }
}
