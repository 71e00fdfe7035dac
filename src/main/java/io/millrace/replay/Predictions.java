package io.millrace.replay;

import java.nio.ByteBuffer;

/// The predictions of a judgement, as a column of floats.
final class Predictions {
    private Predictions() {}

    /// How many numbers each has.
    ///
    /// @param examples of the judgement
    static int outputs(ByteBuffer column, int examples) {
        return examples == 0 ? 1 : column.remaining() / Float.BYTES / examples;
    }

    /// All of them, one after the other.
    static float[] of(ByteBuffer column) {
        var predictions = new float[column.remaining() / Float.BYTES];
        column.asFloatBuffer().get(predictions);
        return predictions;
    }

    /// Whether two are the same in every bit.
    static boolean areSame(float[] one, float[] other) {
        if (one.length != other.length) {
            return false;
        }
        for (var k = 0; k < one.length; k++) {
            if (Float.floatToRawIntBits(one[k]) != Float.floatToRawIntBits(other[k])) {
                return false;
            }
        }
        return true;
    }
}
