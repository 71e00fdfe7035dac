package io.millrace.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// What labels of several classes alone say of the next one.
final class ClassCounts implements Labels {
    private final int classes;
    /// By the label before (the last: none), by label: its weight so far.
    private final double[] followed;
    /// By label: its weight so far, and that of all of them.
    private final double[] seen;

    private final float[] shares;
    private int last;

    ClassCounts(int classes) {
        this.classes = classes;
        followed = new double[(classes + 1) * (classes + 1)];
        seen = new double[classes + 1];
        shares = new float[classes];
        last = classes;
    }

    /// The best constant so far, for each class: (as often as it came + 1) / (seen + classes).
    @Override
    public void constant(Measures measures, float label, double[] into) {
        share(seen, 0);
        measures.of(shares, 0, label, into);
    }

    /// The same over what came after labels like the last.
    @Override
    public void afterLast(Measures measures, float label, double[] into) {
        share(followed, last * (classes + 1));
        measures.of(shares, 0, label, into);
    }

    private void share(double[] counts, int from) {
        for (var k = 0; k < classes; k++) {
            shares[k] = (float) ((counts[from + k] + 1) / (counts[from + classes] + classes));
        }
    }

    @Override
    public void see(float came, float weight) {
        var label = (int) came;
        var from = last * (classes + 1);
        followed[from + label] += weight;
        followed[from + classes] += weight;
        seen[label] += weight;
        seen[classes] += weight;
        last = label;
    }

    @Override
    public void writeTo(List<Double> state) {
        Sums.write(followed, state);
        Sums.write(seen, state);
        state.add((double) last);
    }

    @Override
    public void readFrom(Iterator<Double> state) {
        Sums.read(followed, state);
        Sums.read(seen, state);
        last = Math.clamp(state.next().intValue(), 0, classes);
    }

    @Override
    public void reset() {
        Arrays.fill(followed, 0);
        Arrays.fill(seen, 0);
        last = classes;
    }
}
