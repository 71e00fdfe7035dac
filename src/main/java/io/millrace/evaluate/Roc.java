package io.millrace.evaluate;

import java.util.Map;

/// The area under the ROC curve: how likely a random example of label 1 scores above one of label 0, ties counting
/// half. Scores are counted in bins; two examples in one bin count as a tie.
///
/// Bins split each octave of the distance to the nearer end, p or 1 - p: into 128 from 1/64 on, into 16 below, down to
/// 2^-24. So they are 1/512 wide at most, and under 1 % of the distance from 1/64 on.
///
/// - **Shape**: 1,856 bins; per bin the weight of label 0, then that of label 1.
/// - **Errors**: only pairs within a bin can be counted wrongly, each by half at most: `auc.error` is half of their
///   share among all pairs of unlike labels, and the exact area lies within it.
/// - **Source**: Fawcett, *An Introduction to ROC Analysis*, Pattern Recognition Letters 27, 2006, section 7.
final class Roc {
    private static final int COARSE_SHIFT = 23 - 4;
    private static final int FINE_SHIFT = 23 - 7;
    private static final float LEAST = 0x1p-24f;
    private static final int COARSE_FROM = Float.floatToRawIntBits(LEAST);
    private static final int FINE_FROM = Float.floatToRawIntBits(0x1p-6f);
    private static final int COARSE = (FINE_FROM - COARSE_FROM) >> COARSE_SHIFT;
    private static final int SIDE = COARSE + ((Float.floatToRawIntBits(0.5f) - FINE_FROM) >> FINE_SHIFT);

    static final int BINS = 2 * SIDE;
    static final int CELLS = 2 * BINS;

    private Roc() {}

    /// The cell that an example counts in; rises with p.
    ///
    /// @param p probability of label 1, from 0 to 1
    static int cell(float p, boolean one) {
        var bin = p < 0.5f ? step(p) : BINS - 1 - Math.min(step(1 - p), SIDE - 1);
        return 2 * bin + (one ? 1 : 0);
    }

    /// A float's bits rise with it, and each octave has as many: a logarithm without computing one.
    private static int step(float distance) {
        var bits = Float.floatToRawIntBits(distance > LEAST ? distance : LEAST);
        return bits >= FINE_FROM ? COARSE + ((bits - FINE_FROM) >> FINE_SHIFT) : (bits - COARSE_FROM) >> COARSE_SHIFT;
    }

    /// Puts the area and its error bound; nothing while one of the labels is missing.
    ///
    /// @param first cell of the bins
    static void put(Map<String, Double> metrics, String name, double[] cells, int first) {
        var zeros = 0.0;
        var ones = 0.0;
        for (var cell = first; cell < first + CELLS; cell += 2) {
            zeros += cells[cell];
            ones += cells[cell + 1];
        }
        if (!(zeros > 0 && ones > 0)) {
            return;
        }
        var below = 0.0;
        var area = 0.0;
        var within = 0.0;
        for (var cell = first; cell < first + CELLS; cell += 2) {
            var zero = cells[cell] / zeros;
            var one = cells[cell + 1] / ones;
            area += one * (below + zero / 2);
            within += one * zero;
            below += zero;
        }
        metrics.put(name, area);
        metrics.put(name + ".error", within / 2);
    }
}
