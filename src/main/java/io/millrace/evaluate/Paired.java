package io.millrace.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// The mean difference of two losses on the same examples, and an interval for it that holds at any time.
///
/// - **Difference**: d = first − factor × second, example by example; its mean is weighted.
/// - **Error**: examples of a group are alike, so the variance of the sum is that of sums over clusters,
///   V = k/(k−1) Σ (Σ w (d − d̄))², k the clusters that have an example (Cameron and Miller 2015, "A Practitioner's
/// Guide
///   to Cluster-Robust Inference", equation 11). A cluster is the hash of a group modulo 256.
/// - **Interval**: d̄ ± √V/W · √(2 (nρ² + 1)/(nρ²) · ln(√(nρ² + 1)/α)), an asymptotic confidence sequence
///   (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, "Time-uniform central limit theory and asymptotic confidence
///   sequences", theorem 2.2): with probability 1 − α it holds the true mean at every n at once, so that looking after
///   every block raises no more false alarms than looking once. ρ makes it tightest near 4,096 examples.
///
/// Adding allocates nothing. Sums are a function of the examples in their order.
public final class Paired {
    /// Clusters at most.
    public static final int CLUSTERS = 256;

    /// Fewer clusters than these tell nothing.
    static final int FEWEST_CLUSTERS = 30;

    /// Fewer examples than these tell nothing.
    static final int FEWEST_EXAMPLES = 512;

    /// Numbers that [#writeTo] adds.
    static final int NUMBERS = 4 + 2 * CLUSTERS;

    private static final double TIGHTEST = 4096;

    private final double factor;
    private final double rho2;
    private final double alpha;
    private final double[] differences = new double[CLUSTERS];
    private final double[] weights = new double[CLUSTERS];
    private long examples;
    private double firsts;
    private double seconds;
    private double weight;

    /// @param factor what the second loss is multiplied by
    /// @param confidence 1 − α
    public Paired(double factor, double confidence) {
        this.factor = factor;
        alpha = 1 - confidence;
        // equation 10 of the paper: where the boundary is tightest
        rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / TIGHTEST;
    }

    /// @param weight how often the example counts; 0 or more
    /// @param cluster 0 to 255
    public void add(double first, double second, double weight, int cluster) {
        differences[cluster] += weight * (first - factor * second);
        weights[cluster] += weight;
        firsts += weight * first;
        seconds += weight * second;
        this.weight += weight;
        examples++;
    }

    public long examples() {
        return examples;
    }

    /// Clusters that have an example of some weight.
    public int clusters() {
        var count = 0;
        for (var sum : weights) {
            count += sum > 0 ? 1 : 0;
        }
        return count;
    }

    /// Whether there is enough to say anything: 512 examples in 30 clusters.
    public boolean suffices() {
        return examples >= FEWEST_EXAMPLES && clusters() >= FEWEST_CLUSTERS;
    }

    public double factor() {
        return factor;
    }

    /// Mean loss of the first; NaN before the first example of some weight.
    public double first() {
        return firsts / weight;
    }

    /// Mean loss of the second.
    public double second() {
        return seconds / weight;
    }

    public double difference() {
        var sum = 0.0;
        for (var some : differences) {
            sum += some;
        }
        return sum / weight;
    }

    /// Half the width of the interval; infinite where there is too little to say anything.
    public double radius() {
        if (!suffices()) {
            return Double.POSITIVE_INFINITY;
        }
        var mean = difference();
        var squares = 0.0;
        for (var k = 0; k < CLUSTERS; k++) {
            var residual = differences[k] - mean * weights[k];
            squares += residual * residual;
        }
        var clusters = clusters();
        var variance = squares * clusters / (clusters - 1);
        var n = examples * rho2;
        return Math.sqrt(variance) / weight * Math.sqrt(2 * (n + 1) / n * StrictMath.log(Math.sqrt(n + 1) / alpha));
    }

    public double lower() {
        return difference() - radius();
    }

    public double upper() {
        return difference() + radius();
    }

    public void reset() {
        Arrays.fill(differences, 0);
        Arrays.fill(weights, 0);
        examples = 0;
        firsts = 0;
        seconds = 0;
        weight = 0;
    }

    void writeTo(List<Double> state) {
        state.add((double) examples);
        state.add(firsts);
        state.add(seconds);
        state.add(weight);
        Sums.write(differences, state);
        Sums.write(weights, state);
    }

    void readFrom(Iterator<Double> state) {
        examples = state.next().longValue();
        firsts = state.next();
        seconds = state.next();
        weight = state.next();
        Sums.read(differences, state);
        Sums.read(weights, state);
    }
}
