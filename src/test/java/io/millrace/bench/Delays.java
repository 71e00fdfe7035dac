package io.millrace.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// How long something took, again and again.
final class Delays {
    private final String what;
    private final String unit;
    private final List<Double> millis = new ArrayList<>();

    /// @param unit what is counted, in the plural
    Delays(String what, String unit) {
        this.what = what;
        this.unit = unit;
    }

    /// @param from nanoseconds of the clock
    void add(long from, long to) {
        millis.add((to - from) / 1e6);
    }

    void print() {
        Collections.sort(millis);
        System.out.printf(
                "%-28s p50 %,.0f ms, p99 %,.0f ms, most %,.0f ms over %,d %s%n",
                what,
                millis.get(millis.size() / 2),
                millis.get(millis.size() * 99 / 100),
                millis.getLast(),
                millis.size(),
                unit);
    }
}
