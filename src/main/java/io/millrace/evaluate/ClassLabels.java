package io.millrace.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// What labels 0 and 1 alone say of the next one.
final class ClassLabels implements Labels {
    /// Where the last label stands before there is one.
    private static final int NONE = 2;

    /// By the label before (0, 1, none): weight of the labels that followed, and of the ones among them.
    private final double[] followed = new double[3];

    private final double[] ones = new double[3];
    private int last = NONE;

    /// The best constant so far: (ones + 1) / (seen + 2).
    double constant() {
        var seen = followed[0] + followed[1] + followed[2];
        return (ones[0] + ones[1] + ones[2] + 1) / (seen + 2);
    }

    /// The same over what came after labels like the last.
    double afterLast() {
        return (ones[last] + 1) / (followed[last] + 2);
    }

    @Override
    public void constant(Measures measures, float label, double[] into) {
        measures.of(constant(), label, into);
    }

    @Override
    public void afterLast(Measures measures, float label, double[] into) {
        measures.of(afterLast(), label, into);
    }

    @Override
    public void see(float label, float weight) {
        followed[last] += weight;
        ones[last] += weight * label;
        last = (int) label;
    }

    @Override
    public void writeTo(List<Double> state) {
        Sums.write(followed, state);
        Sums.write(ones, state);
        state.add((double) last);
    }

    @Override
    public void readFrom(Iterator<Double> state) {
        Sums.read(followed, state);
        Sums.read(ones, state);
        last = Math.clamp(state.next().intValue(), 0, NONE);
    }

    @Override
    public void reset() {
        Arrays.fill(followed, 0);
        Arrays.fill(ones, 0);
        last = NONE;
    }
}
