package io.millrace.serve;

import io.millrace.model.Reasons;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The predictions of one request, in the order of its instances. Reused.
final class Scores {
    float[] values = new float[256];
    int size;
    /// One a value where they are wanted; else none.
    final List<Reasons> reasons = new ArrayList<>();

    void clear() {
        size = 0;
        reasons.clear();
    }

    void add(Reasons why) {
        add(why.prediction());
        reasons.add(why);
    }

    void add(float score) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = score;
    }
}
