package io.millrace.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// What labels of several classes alone say of the next one. Asked before the label is seen, as a model is.
final class ClassCounts {
    private final int classes;
    /// By the label before (the last: none), by label: its weight so far.
    private final double[] followed;
    /// By label: its weight so far, and that of all of them.
    private final double[] seen;

    private int last;

    ClassCounts(int classes) {
        this.classes = classes;
        followed = new double[(classes + 1) * (classes + 1)];
        seen = new double[classes + 1];
        last = classes;
    }

    /// The best constant so far, for each class: (as often as it came + 1) / (seen + classes).
    void constant(float[] into) {
        share(seen, 0, into);
    }

    /// The same over what came after labels like the last.
    void afterLast(float[] into) {
        share(followed, last * (classes + 1), into);
    }

    private void share(double[] counts, int from, float[] into) {
        for (var k = 0; k < classes; k++) {
            into[k] = (float) ((counts[from + k] + 1) / (counts[from + classes] + classes));
        }
    }

    void see(int label, float weight) {
        var from = last * (classes + 1);
        followed[from + label] += weight;
        followed[from + classes] += weight;
        seen[label] += weight;
        seen[classes] += weight;
        last = label;
    }

    void writeTo(List<Double> state) {
        Sums.write(followed, state);
        Sums.write(seen, state);
        state.add((double) last);
    }

    void readFrom(Iterator<Double> state) {
        Sums.read(followed, state);
        Sums.read(seen, state);
        last = Math.clamp(state.next().intValue(), 0, classes);
    }

    void reset() {
        Arrays.fill(followed, 0);
        Arrays.fill(seen, 0);
        last = classes;
    }
}
