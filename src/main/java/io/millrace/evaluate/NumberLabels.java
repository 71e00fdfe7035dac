package io.millrace.evaluate;

import java.util.Iterator;
import java.util.List;

/// What labels that are numbers alone say of the next one. Asked before the label is seen, as a model is.
final class NumberLabels {
    private double seen;
    private double labels;
    private double last;

    /// The mean so far; at first 0.
    double constant() {
        return seen > 0 ? labels / seen : 0;
    }

    /// The last label; at first 0.
    double last() {
        return last;
    }

    void see(float label, float weight) {
        seen += weight;
        labels += (double) weight * label;
        last = label;
    }

    void writeTo(List<Double> state) {
        Sums.write(new double[] {seen, labels, last}, state);
    }

    void readFrom(Iterator<Double> state) {
        seen = state.next();
        labels = state.next();
        last = state.next();
    }

    void reset() {
        seen = 0;
        labels = 0;
        last = 0;
    }
}
