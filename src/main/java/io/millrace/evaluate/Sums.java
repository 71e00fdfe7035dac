package io.millrace.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// Weighted sums of some measures: over all examples, and decayed window by window as [Progress] says.
///
/// - **Shape**: three rows of `measures + 1` doubles; the last of a row is the sum of the weights.
final class Sums {
    /// Examples a window.
    static final int WINDOW = 1024;

    /// What is left of the decayed sums when a window joins them.
    static final double FACTOR = 15.0 / 16;

    private final double[] window;
    private final double[] total;
    private final double[] decayed;
    private final int measures;
    private int examples;

    Sums(int measures) {
        this.measures = measures;
        window = new double[measures + 1];
        total = new double[measures + 1];
        decayed = new double[measures + 1];
    }

    void add(int measure, double value) {
        window[measure] += value;
    }

    /// Ends an example.
    ///
    /// @return whether its window is full: [#fold] it
    boolean end(double weight) {
        window[measures] += weight;
        return ++examples == WINDOW;
    }

    void fold() {
        for (var k = 0; k <= measures; k++) {
            total[k] += window[k];
            decayed[k] = FACTOR * decayed[k] + window[k];
            window[k] = 0;
        }
        examples = 0;
    }

    boolean isEmpty() {
        return !(total[measures] + window[measures] > 0);
    }

    /// @param pending what belongs to the sum and has not been added yet
    double mean(int measure, double pending) {
        return (total[measure] + window[measure] + pending) / (total[measures] + window[measures]);
    }

    double decayedMean(int measure, double pending) {
        return (FACTOR * decayed[measure] + window[measure] + pending)
                / (FACTOR * decayed[measures] + window[measures]);
    }

    void writeTo(List<Double> state) {
        state.add((double) examples);
        for (var row : List.of(window, total, decayed)) {
            write(row, state);
        }
    }

    void readFrom(Iterator<Double> state) {
        examples = state.next().intValue();
        for (var row : List.of(window, total, decayed)) {
            read(row, state);
        }
    }

    void reset() {
        examples = 0;
        Arrays.fill(window, 0);
        Arrays.fill(total, 0);
        Arrays.fill(decayed, 0);
    }

    static void write(double[] row, List<Double> state) {
        for (var value : row) {
            state.add(value);
        }
    }

    static void read(double[] row, Iterator<Double> state) {
        for (var k = 0; k < row.length; k++) {
            row[k] = state.next();
        }
    }

    /// @throws IllegalArgumentException if a state is not of the length it is written with
    static void checkLength(List<Double> state, int expected) {
        if (state.size() != expected) {
            throw new IllegalArgumentException(
                    "state of metrics has " + state.size() + " numbers: expected " + expected);
        }
    }
}
