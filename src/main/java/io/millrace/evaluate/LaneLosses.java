package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The progressive loss of several models side by side, over all examples and decayed as [Progress] is: the cost
/// that versions are compared by ([Outcome#cost]). Each model may be scored on examples of its own; windows of
/// 1,024 are counted over all of them, scored or not.
///
/// A lane's probabilities are multiplied, and the exponent of the product is put aside every 32 examples, before it
/// could be too small; a logarithm is taken where a window ends. Product and exponent are state.
public final class LaneLosses {
    /// (2^-24)^32 is a double of full precision.
    private static final int TOGETHER = 32;

    private static final double LN_2 = 0.6931471805599453;

    private final int lanes;
    private final Cost cost;
    private final boolean ofClasses;
    private final double[] products;
    private final double[] exponents;
    /// Sums of a window, over all windows, and decayed.
    private final double[][] losses;

    private final double[][] weights;
    private int examples;

    /// @param outcome of one number
    public LaneLosses(int lanes, Outcome outcome) {
        this.lanes = lanes;
        cost = outcome.cost();
        ofClasses = outcome.ofClasses();
        products = new double[lanes];
        exponents = new double[lanes];
        losses = new double[3][lanes];
        weights = new double[3][lanes];
        Arrays.fill(products, 1);
    }

    /// Scores one prediction of each lane. Allocates nothing.
    ///
    /// @param scored the lanes that count, a bit each
    /// @return whether that was the last example of a window
    public boolean add(float[] predictions, float label, float weight, int scored) {
        if (ofClasses && weight == 1 && scored == (1 << lanes) - 1) {
            multiply(predictions, label);
        } else {
            for (var lane = 0; lane < lanes; lane++) {
                if ((scored >>> lane & 1) != 0) {
                    losses[0][lane] += weight * cost.of(predictions[lane], label);
                    weights[0][lane] += weight;
                }
            }
        }
        return end();
    }

    /// Of all lanes, with a weight of 1: loops without a branch, which the compiler makes vectors of.
    private void multiply(float[] predictions, float label) {
        double other = 1 - label;
        for (var lane = 0; lane < lanes; lane++) {
            products[lane] *= Math.max(Math.abs(other - predictions[lane]), Losses.LEAST);
        }
        var counted = weights[0];
        for (var lane = 0; lane < lanes; lane++) {
            counted[lane] += 1;
        }
    }

    private boolean end() {
        examples++;
        if (examples % TOGETHER == 0) {
            for (var lane = 0; lane < lanes; lane++) {
                var exponent = Math.getExponent(products[lane]);
                exponents[lane] += exponent;
                products[lane] = Math.scalb(products[lane], -exponent);
            }
        }
        if (examples < Sums.WINDOW) {
            return false;
        }
        for (var lane = 0; lane < lanes; lane++) {
            losses[0][lane] += pending(lane);
            products[lane] = 1;
            exponents[lane] = 0;
            fold(losses, lane);
            fold(weights, lane);
        }
        examples = 0;
        return true;
    }

    private double pending(int lane) {
        return -(StrictMath.log(products[lane]) + exponents[lane] * LN_2);
    }

    private static void fold(double[][] sums, int lane) {
        sums[1][lane] += sums[0][lane];
        sums[2][lane] = Sums.FACTOR * sums[2][lane] + sums[0][lane];
        sums[0][lane] = 0;
    }

    /// Mean over all examples that a lane was scored on; `NaN` before the first.
    public double mean(int lane) {
        return (losses[1][lane] + losses[0][lane] + pending(lane)) / (weights[1][lane] + weights[0][lane]);
    }

    /// Decayed mean; `NaN` before the first.
    public double decayed(int lane) {
        return (Sums.FACTOR * losses[2][lane] + losses[0][lane] + pending(lane))
                / (Sums.FACTOR * weights[2][lane] + weights[0][lane]);
    }

    /// Mean over the examples of the first `n` lanes, each by the lane that was scored on it.
    public double meanOf(int n) {
        var loss = 0.0;
        var weight = 0.0;
        for (var lane = 0; lane < n; lane++) {
            loss += losses[1][lane] + losses[0][lane] + pending(lane);
            weight += weights[1][lane] + weights[0][lane];
        }
        return loss / weight;
    }

    /// The metric of a mean loss: itself, or the root of a squared error.
    public double metric(double mean) {
        return cost.loss() == PointLoss.RMSE ? Math.sqrt(mean) : mean;
    }

    /// All sums, so that [#restore] goes on with the same bits.
    public List<Double> state() {
        var state = new ArrayList<Double>();
        state.add((double) examples);
        for (var row : rows()) {
            Sums.write(row, state);
        }
        return state;
    }

    private List<double[]> rows() {
        return List.of(products, exponents, losses[0], losses[1], losses[2], weights[0], weights[1], weights[2]);
    }

    /// Goes on from a state.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives
    public void restore(List<Double> state) {
        Sums.checkLength(state, 1 + rows().size() * lanes);
        var numbers = state.iterator();
        examples = numbers.next().intValue();
        rows().forEach(row -> Sums.read(row, numbers));
    }

    /// Back to before the first example.
    public void reset() {
        examples = 0;
        rows().forEach(row -> Arrays.fill(row, 0));
        Arrays.fill(products, 1);
    }
}
