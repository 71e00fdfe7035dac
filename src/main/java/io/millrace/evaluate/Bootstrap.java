package io.millrace.evaluate;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/// Intervals by resampling groups: of the groups seen, as many are drawn with replacement, all examples of a group at
/// once, 2,000 times; a figure is computed of each draw. All measures of a draw are of the same groups, so a difference
/// of two versions is paired. The same examples and seed give the same intervals.
///
/// Groups fall into 65,536 buckets by the low bits of their hash (the high bits decide the split), and a bucket counts
/// as one group: buckets are as independent of each other as groups are.
///
/// - **Shape**: 65,536 rows of `measures + 1` doubles, half a MiB a measure.
/// - **Errors**: the ends of intervals vary with the seed by about 3 % of their length. With few groups (under some
///   20) they are too short.
/// - **Source**: Cameron, Gelbach and Miller, *Bootstrap-Based Improvements for Inference with Clustered Errors*,
///   Review of Economics and Statistics 90(3), 2008 (pairs cluster bootstrap); Hesterberg, *What Teachers Should Know
///   About the Bootstrap*, The American Statistician 69(4), 2015 (expanded percentile interval).
public final class Bootstrap {
    static final int BUCKETS = 1 << 16;
    static final int DRAWS = 2_000;

    private final int measures;
    private final long seed;
    private final double[] sums;
    private int row;

    /// @param measures how many there are of each example
    public Bootstrap(int measures, long seed) {
        this.measures = measures;
        this.seed = seed;
        sums = new double[BUCKETS * (measures + 1)];
    }

    /// Begins an example. Its measures are to be [#add]ed.
    ///
    /// @param group hash of its group, as in a block's `groups`
    /// @param weight how often it counts; 0 or more
    public void example(long group, double weight) {
        row = (int) (group & (BUCKETS - 1)) * (measures + 1);
        sums[row + measures] += weight;
    }

    /// Adds a measure of the example begun, weight times the measure.
    public void add(int measure, double weighted) {
        sums[row + measure] += weighted;
    }

    /// Buckets that hold any weight.
    public int groups() {
        var groups = 0;
        for (var from = measures; from < sums.length; from += measures + 1) {
            groups += sums[from] > 0 ? 1 : 0;
        }
        return groups;
    }

    /// The means of all measures; `NaN` before there is any weight.
    public double[] means() {
        var means = new double[measures + 1];
        for (var from = 0; from < sums.length; from += measures + 1) {
            for (var k = 0; k <= measures; k++) {
                means[k] += sums[from + k];
            }
        }
        return divided(means);
    }

    /// Draws.
    ///
    /// @throws IllegalStateException if there are fewer than two groups
    public Draws draw() {
        var groups = occupied();
        if (groups.length < 2) {
            throw new IllegalStateException("groups = " + groups.length + ": expected 2 or more to draw from");
        }
        var means = new double[DRAWS][];
        var random = new SplitMix(seed);
        for (var draw = 0; draw < DRAWS; draw++) {
            var drawn = new double[measures + 1];
            for (var i = 0; i < groups.length; i++) {
                var from = groups[random.below(groups.length)];
                for (var k = 0; k <= measures; k++) {
                    drawn[k] += sums[from + k];
                }
            }
            means[draw] = divided(drawn);
        }
        return new Draws(means, groups.length);
    }

    private int[] occupied() {
        var rows = new int[groups()];
        var found = 0;
        for (var from = 0; from < sums.length; from += measures + 1) {
            if (sums[from + measures] > 0) {
                rows[found++] = from;
            }
        }
        return rows;
    }

    private double[] divided(double[] drawn) {
        var means = Arrays.copyOf(drawn, measures);
        for (var k = 0; k < measures; k++) {
            means[k] /= drawn[measures];
        }
        return means;
    }

    /// What was drawn: the means of all measures, draw by draw.
    public static final class Draws {
        private final double[][] means;
        private final int groups;

        private Draws(double[][] means, int groups) {
            this.means = means;
            this.groups = groups;
        }

        /// The interval of a figure that is a function of means, such as `m -> m[0] - m[1]`.
        public Interval interval(ToDoubleFunction<double[]> figure) {
            var figures = Arrays.stream(means).mapToDouble(figure).sorted().toArray();
            var n = (double) groups;
            var tail = Student.normalAbove(Math.sqrt(n / (n - 1)) * Student.t(groups - 1));
            return new Interval(quantile(figures, tail), quantile(figures, 1 - tail));
        }

        /// Between the two draws next to it.
        private static double quantile(double[] sorted, double share) {
            var place = share * (sorted.length - 1);
            var below = (int) place;
            var above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        }
    }

    /// Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014: written out, so that no
    /// library decides what a seed means.
    private static final class SplitMix {
        private long state;

        SplitMix(long seed) {
            state = seed;
        }

        /// From 0 to `bound` - 1, off uniform by less than bound / 2^32.
        int below(int bound) {
            state += 0x9e3779b97f4a7c15L;
            var z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
            z ^= z >>> 31;
            return (int) (((z >>> 32) * bound) >>> 32);
        }
    }
}
