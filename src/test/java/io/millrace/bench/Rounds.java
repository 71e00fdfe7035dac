package io.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Figures of several rounds, of which the median counts: the machine is shared.
///
/// `-Dbench.rounds=N` says how many.
final class Rounds {
    static final int COUNT = Integer.getInteger("bench.rounds", 5);
    /// Rounds before those that count: a JVM that shares two cores takes some to compile.
    static final int WARM_UP = 3;

    static final int ALL = WARM_UP + COUNT;

    private final String name;
    private final String unit;
    private final List<Double> figures = new ArrayList<>();

    Rounds(String name, String unit) {
        this.name = name;
        this.unit = unit;
    }

    void add(double figure) {
        figures.add(figure);
    }

    double median() {
        var sorted = figures.stream().sorted().toList();
        var n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    /// The median and all rounds, in their order.
    void print() {
        var all = figures.stream().map("%,.0f"::formatted).collect(Collectors.joining(" "));
        System.out.printf("%-46s %,12.0f %s   (%s)%n", name, median(), unit, all);
    }
}
