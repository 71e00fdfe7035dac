package io.millrace.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// Sums in many cells: over all examples, and decayed by examples as [Progress] says.
///
/// What is there does not fade; what is added grows instead, by 16/15 every 1,024 examples, so that a window costs
/// nothing a cell. Only quotients of one row mean something: the growth cancels in them.
///
/// - **Shape**: two rows of as many doubles as there are cells.
final class Tally {
    private static final double GROWTH = 1 / Sums.FACTOR;

    /// From here on the decayed row is scaled down, by a power of two and so without rounding.
    private static final double MOST = 0x1p64;

    private final double[] total;
    private final double[] decayed;
    private double scale = 1;
    private int inWindow;
    private long examples;

    Tally(int cells) {
        total = new double[cells];
        decayed = new double[cells];
    }

    void add(int cell, double value) {
        total[cell] += value;
        decayed[cell] += scale * value;
    }

    /// Ends an example.
    void end() {
        examples++;
        if (++inWindow == Sums.WINDOW) {
            inWindow = 0;
            scale *= GROWTH;
            if (scale >= MOST) {
                shrink();
            }
        }
    }

    private void shrink() {
        scale /= MOST;
        for (var cell = 0; cell < decayed.length; cell++) {
            decayed[cell] /= MOST;
        }
    }

    long examples() {
        return examples;
    }

    /// Sums over all examples; to be read, not kept.
    double[] total() {
        return total;
    }

    /// Decayed sums, all by one unknown factor too large; to be read, not kept.
    double[] decayed() {
        return decayed;
    }

    void writeTo(List<Double> state) {
        state.add((double) examples);
        state.add((double) inWindow);
        state.add(scale);
        Sums.write(total, state);
        Sums.write(decayed, state);
    }

    void readFrom(Iterator<Double> state) {
        examples = state.next().longValue();
        inWindow = Math.clamp(state.next().intValue(), 0, Sums.WINDOW - 1);
        scale = state.next();
        Sums.read(total, state);
        Sums.read(decayed, state);
    }

    void reset() {
        Arrays.fill(total, 0);
        Arrays.fill(decayed, 0);
        scale = 1;
        inWindow = 0;
        examples = 0;
    }
}
