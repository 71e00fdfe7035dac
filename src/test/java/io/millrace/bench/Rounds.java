package io.millrace.bench;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Figures of several rounds, of which the median counts: the machine is shared.
///
/// `-Dbench.rounds=N` says how many.
final class Rounds {
    static final int COUNT = Integer.getInteger("bench.rounds", 5);

    private final String name;
    private final String unit;
    private final double[] figures;
    private int n;

    Rounds(String name, String unit) {
        this.name = name;
        this.unit = unit;
        figures = new double[COUNT];
    }

    void add(double figure) {
        figures[n++] = figure;
    }

    double median() {
        var sorted = Arrays.copyOf(figures, n);
        Arrays.sort(sorted);
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }

    /// The median and all rounds, in their order.
    void print() {
        var all = Arrays.stream(figures, 0, n).mapToObj("%,.0f"::formatted).collect(Collectors.joining(" "));
        System.out.printf("%-42s %,14.0f %s   (%s)%n", name, median(), unit, all);
    }
}
