package io.millrace.serve;

import java.util.Arrays;

/// The predictions of one request, in the order of its instances. Reused.
final class Scores {
    float[] values = new float[256];
    int size;

    void clear() {
        size = 0;
    }

    void add(float score) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = score;
    }
}
