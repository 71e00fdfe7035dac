package io.millrace.evaluate;

import java.util.Map;

/// Whether what is predicted with p comes true as often: ten bins of p, each 0.1 wide, p = 1 in the last.
///
/// - **Shape**: per bin the weight, the weighted sum of p, and that of the labels.
/// - **Errors**: the expected calibration error is never 0 on few examples, also for a perfect model; and it misses
///   what cancels within a bin.
/// - **Source**: Naeini, Cooper and Hauskrecht, *Obtaining Well Calibrated Probabilities Using Bayesian Binning*, AAAI
///   2015 (ECE, ten bins).
final class Calibration {
    static final int BINS = 10;
    static final int CELLS = 3 * BINS;

    private Calibration() {}

    /// Where the bin of a prediction begins.
    static int cell(float p) {
        return 3 * Math.min((int) (p * BINS), BINS - 1);
    }

    /// Σ over bins: share of the weight · |mean prediction − mean label|.
    static double error(double[] cells, int first) {
        var weight = 0.0;
        var off = 0.0;
        for (var bin = first; bin < first + CELLS; bin += 3) {
            weight += cells[bin];
            off += Math.abs(cells[bin + 1] - cells[bin + 2]);
        }
        return off / weight;
    }

    /// Puts the bins that hold anything, such as `calibration.3.predicted`, `.observed` and `.share`.
    static void put(Map<String, Double> table, double[] cells, int first) {
        var weight = 0.0;
        for (var bin = first; bin < first + CELLS; bin += 3) {
            weight += cells[bin];
        }
        for (var bin = 0; bin < BINS; bin++) {
            var cell = first + 3 * bin;
            if (cells[cell] > 0) {
                table.put("calibration." + bin + ".predicted", cells[cell + 1] / cells[cell]);
                table.put("calibration." + bin + ".observed", cells[cell + 2] / cells[cell]);
                table.put("calibration." + bin + ".share", cells[cell] / weight);
            }
        }
    }
}
