package io.millrace.evaluate;

import java.util.Iterator;
import java.util.List;

/// What labels that are numbers alone say of the next one.
final class NumberLabels implements Labels {
    private double seen;
    private double labels;
    private double last;

    /// The mean so far; at first 0.
    @Override
    public void constant(Measures measures, float label, double[] into) {
        measures.of(seen > 0 ? labels / seen : 0, label, into);
    }

    /// The last label; at first 0.
    @Override
    public void afterLast(Measures measures, float label, double[] into) {
        measures.of(last, label, into);
    }

    @Override
    public void see(float label, float weight) {
        seen += weight;
        labels += (double) weight * label;
        last = label;
    }

    @Override
    public void writeTo(List<Double> state) {
        Sums.write(new double[] {seen, labels, last}, state);
    }

    @Override
    public void readFrom(Iterator<Double> state) {
        seen = state.next();
        labels = state.next();
        last = state.next();
    }

    @Override
    public void reset() {
        seen = 0;
        labels = 0;
        last = 0;
    }
}
