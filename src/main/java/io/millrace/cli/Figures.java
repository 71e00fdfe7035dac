package io.millrace.cli;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Numbers as people read them.
final class Figures {
    private Figures() {}

    /// `1,234,567`.
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /// `1,234,567/s`, `12.3/s`.
    static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 100 ? "%.1f/s" : "%,.0f/s", perSecond);
    }

    /// `60`, `1.5`.
    static String plain(double number) {
        return number == Math.rint(number) ? String.format(Locale.ROOT, "%.0f", number) : Double.toString(number);
    }

    /// `0.9 s`, `75 s`, `12 min`, `3.5 h`.
    static String duration(double seconds) {
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return seconds < 120
                ? String.format(Locale.ROOT, "%.0f s", seconds)
                : seconds < 7_200
                        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f h", seconds / 3_600);
    }

    /// Five decimals, as losses need them.
    static String metric(double value) {
        return String.format(Locale.ROOT, "%.5f", value);
    }

    /// `accuracy 0.82772  log-loss 0.41710 …`, by name.
    static String metrics(Map<String, Double> metrics) {
        return new TreeMap<>(metrics)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + metric(entry.getValue()))
                        .collect(Collectors.joining("  "));
    }

    /// Sixteen hexadecimal digits.
    static String digest(long digest) {
        return String.format("%016x", digest);
    }
}
