package io.millrace.evaluate;

import java.util.Map;

/// Means of measures with standard errors that allow the examples of a group to be alike: the errors are summed group
/// by group, and the sums are squared.
///
/// Groups fall into 256 buckets by the low bits of their hash (the high bits decide the split), and a bucket counts as
/// one group. Buckets are as independent of each other as groups are, so nothing is biased; what it costs are degrees
/// of freedom, at most 255 being left. A standard error from n buckets is itself off by about 1 / √(2 n), 4 % at 255.
///
/// - **Shape**: 256 rows of `measures + 1` cells; the last of a row is the weight.
/// - **Errors**: with few groups (under some 20) intervals are too short, although t takes the place of the normal
///   distribution; with one there is none.
/// - **Source**: Cameron and Miller, *A Practitioner's Guide to Cluster-Robust Inference*, Journal of Human Resources
///   50(2), 2015: the sandwich of section II.C, its correction G / (G - 1) and t(G - 1) of section VI.
final class Clusters {
    static final int BUCKETS = 256;

    private final int measures;

    Clusters(int measures) {
        this.measures = measures;
    }

    int cells() {
        return BUCKETS * (measures + 1);
    }

    /// Where the row of a group begins.
    int row(long group) {
        return (int) (group & (BUCKETS - 1)) * (measures + 1);
    }

    /// Sum of a measure, or of the weights at `measures`, over all groups.
    double sum(double[] cells, int measure) {
        var sum = 0.0;
        for (var from = 0; from < cells(); from += measures + 1) {
            sum += cells[from + measure];
        }
        return sum;
    }

    double weight(double[] cells) {
        return sum(cells, measures);
    }

    double mean(double[] cells, int measure) {
        return sum(cells, measure) / weight(cells);
    }

    /// Buckets that hold any weight.
    int groups(double[] cells) {
        var groups = 0;
        for (var from = 0; from < cells(); from += measures + 1) {
            groups += cells[from + measures] > 0 ? 1 : 0;
        }
        return groups;
    }

    /// Standard error of a mean.
    double error(double[] cells, int measure) {
        var slopes = new double[measures + 1];
        slopes[measure] = 1;
        slopes[measures] = -mean(cells, measure);
        return error(cells, slopes);
    }

    /// Standard error of a function of the means, by the delta method.
    ///
    /// @param slopes its derivative by each mean, then what makes the weighted sum of all examples 0
    double error(double[] cells, double[] slopes) {
        var weight = weight(cells);
        var squares = 0.0;
        for (var from = 0; from < cells(); from += measures + 1) {
            var off = 0.0;
            for (var k = 0; k <= measures; k++) {
                off += slopes[k] * (cells[from + k] / weight);
            }
            squares += off * off;
        }
        var n = (double) groups(cells);
        return Math.sqrt(squares * n / (n - 1));
    }

    /// Puts a figure and, where there are two groups or more, its standard error and 95 % interval.
    void put(Map<String, Double> metrics, String name, double value, double error, double[] cells) {
        metrics.put(name, value);
        var groups = groups(cells);
        if (groups > 1) {
            var half = Student.t(groups - 1) * error;
            metrics.put(name + ".se", error);
            metrics.put(name + ".low", value - half);
            metrics.put(name + ".high", value + half);
        }
    }
}
