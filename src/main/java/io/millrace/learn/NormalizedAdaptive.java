package io.millrace.learn;

import io.millrace.kernel.Kernel;
import java.util.List;

/// Steps that do not depend on the scale of a feature, shrink as AdaGrad's do, and never overshoot however
/// much an example counts: Vowpal Wabbit's default. A cell is w, G, s.
///
/// 1. Of every entry: where |x| is beyond the largest seen, s, the weight is made smaller as s grows, w ← w s
///    / |x|; then    G ← G + g² x² with g = gradient, and r = 1 / (√G s).
/// 2. M = √(N / Σ x² / s²), over all entries of the N examples (by weight) so far; h = M Σ x² r is what the
///    margin would    move by in a unit of time.
/// 3. The margin flows ([ScalarLoss#flow]) for the time rate · weight · h; w ← w + (m_after - m) / h · M x r.
///
/// **Source**: Ross, Mineiro and Langford, *Normalized Online Learning*, UAI 2013, algorithm 3 (NAG);
/// Karampatziakis and Langford, UAI 2011. An entry of value 0 counts for nothing.
final class NormalizedAdaptive implements Optimizer {
    private final Schedule rate;
    private final Shrink shrink;
    /// N and Σ x² / s².
    private double weight;

    private double norm;
    private final double[] sums = new double[2];

    NormalizedAdaptive(Schedule rate, Shrink shrink) {
        this.rate = rate;
        this.shrink = shrink;
    }

    @Override
    public int stride() {
        return 3;
    }

    /// Its s is 1: what it multiplies is no number of the data, whose unit would have to be found out.
    @Override
    public void begin(float[] cells, int at, float value, long t) {
        cells[at] = value;
        cells[at + 2] = 1;
    }

    @Override
    public boolean step(Kernel kernel, float[] cells, Row row, ScalarLoss loss, float gradient) {
        if (!kernel.bounded(row.entries, gradient)) {
            return false;
        }
        if (gradient == 0) {
            return true;
        }
        var g = gradient / row.weight;
        kernel.normalize(cells, row.entries, g * g * row.weight, sums);
        weight += row.weight;
        norm += row.weight * sums[0];
        if (norm > 0) {
            var multiplier = Math.sqrt(weight / norm);
            var h = multiplier * sums[1];
            if (h > 0) {
                var eta = rate.rate(row.t);
                var time = eta * (double) row.weight * h;
                var update = (loss.flow(row.margin, row.label, time) - row.margin) / h;
                var scale = (float) (update * multiplier);
                if (!(Math.abs(scale) <= Float.MAX_VALUE)) {
                    return false;
                }
                kernel.addNormalized(cells, row.entries, scale);
                if (shrink.isOn()) {
                    kernel.shrink(cells, 3, row.entries, eta * shrink.l1(), eta * shrink.l2());
                }
            }
        }
        return true;
    }

    @Override
    public List<Double> state() {
        return List.of(weight, norm);
    }

    @Override
    public void restore(List<Double> state) {
        Optimizer.checkLength(state, 2);
        weight = state.get(0);
        norm = state.get(1);
    }

    @Override
    public void reset() {
        weight = 0;
        norm = 0;
    }
}
