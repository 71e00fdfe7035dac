package io.millrace.serve;

import io.millrace.model.Reasons;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The predictions of one request, in the order of its instances. Reused.
final class Scores {
    /// Numbers a prediction.
    final int outputs;
    /// All numbers of a prediction side by side.
    float[] values;

    int size;
    /// One a prediction where they are wanted; else none.
    final List<Reasons> reasons = new ArrayList<>();

    Scores(int outputs) {
        this.outputs = outputs;
        values = new float[256 * outputs];
    }

    void clear() {
        size = 0;
        reasons.clear();
    }

    void add(Reasons why) {
        add(why.prediction());
        reasons.add(why);
    }

    void add(float[] prediction) {
        var at = size * outputs;
        if (at == values.length) {
            values = Arrays.copyOf(values, 2 * at);
        }
        System.arraycopy(prediction, 0, values, at, outputs);
        size++;
    }
}
