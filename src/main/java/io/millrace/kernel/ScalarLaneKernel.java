package io.millrace.kernel;

/// The definition: every lane by itself, as [ScalarKernel] would.
public sealed class ScalarLaneKernel implements LaneKernel permits SimdLaneKernel {
    static final ScalarLaneKernel INSTANCE = new ScalarLaneKernel();

    ScalarLaneKernel() {}

    @Override
    public void margins(float[] cells, int slots, Entries row, LaneStep step) {
        var lanes = step.lanes;
        for (var l = 0; l < lanes; l++) {
            step.margins[l] = 0;
        }
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * slots * lanes;
            var x = row.value(j);
            for (var l = 0; l < lanes; l++) {
                step.margins[l] = Math.fma(cells[at + l], x, step.margins[l]);
            }
        }
    }

    @Override
    public void logistic(LaneStep step, float label, float[] predictions) {
        for (var l = 0; l < step.lanes; l++) {
            predictions[l] = Exp.sigmoid(step.margins[l]);
            step.gradients[l] = predictions[l] - label;
        }
    }

    @Override
    public int slopes(LaneStep step, float weight, float clip) {
        var finite = 0;
        for (var l = 0; l < step.lanes; l++) {
            var slope = weight * step.gradients[l];
            if (Math.abs(step.margins[l]) <= Float.MAX_VALUE && Math.abs(slope) <= Float.MAX_VALUE) {
                finite |= 1 << l;
            }
            step.gradients[l] = Math.max(-clip, Math.min(clip, slope));
        }
        return finite;
    }

    @Override
    public int addScaled(float[] cells, Entries row, LaneStep step) {
        var moved = 0;
        for (var l = 0; l < step.lanes; l++) {
            var scale = -step.rates[l] * step.gradients[l];
            if (step.isActive(l) && isWithin(cells, row, step.lanes, l, ScalarKernel.reach(row, scale))) {
                for (var j = 0; j < row.n; j++) {
                    var at = row.index(j) * step.lanes + l;
                    cells[at] = Math.fma(scale, row.value(j), cells[at]);
                }
                moved |= 1 << l;
            }
        }
        return moved;
    }

    private static boolean isWithin(float[] cells, Entries row, int lanes, int lane, float reach) {
        var within = reach <= ScalarKernel.LIMIT;
        for (var j = 0; j < row.n && within; j++) {
            var w = Math.abs(cells[row.index(j) * lanes + lane]);
            within = Math.fma(reach, Math.abs(row.value(j)), w) <= ScalarKernel.LIMIT;
        }
        return within;
    }

    @Override
    public int bounded(Entries row, LaneStep step) {
        var most = ScalarKernel.largest(row);
        var bounded = 0;
        for (var l = 0; l < step.lanes; l++) {
            if (most * Math.abs(step.gradients[l]) <= Kernel.MOST) {
                bounded |= 1 << l;
            }
        }
        return bounded & step.active;
    }

    @Override
    public void shrink(float[] cells, int slots, Entries row, LaneStep step) {
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * slots * step.lanes;
            for (var l = 0; l < step.lanes; l++) {
                if (step.isActive(l) && (step.l1[l] > 0 || step.l2[l] > 0)) {
                    var rate = step.rates[l];
                    cells[at + l] = ScalarKernel.shrunk(cells[at + l], rate * step.l1[l], rate * step.l2[l]);
                }
            }
        }
    }

    @Override
    public void momentum(float[] cells, Entries row, LaneStep step, float mu, boolean nesterov) {
        var lanes = step.lanes;
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 2 * lanes;
            for (var l = 0; l < lanes; l++, at++) {
                if (step.isActive(l)) {
                    var move = -step.rates[l] * step.gradients[l] * row.value(j);
                    var v = ScalarKernel.faded(Math.fma(mu, cells[at + lanes], move));
                    cells[at] += nesterov ? Math.fma(mu, v, move) : v;
                    cells[at + lanes] = v;
                }
            }
        }
    }

    @Override
    public void adaptive(float[] cells, Entries row, LaneStep step, float keep, float take, float epsilon) {
        var lanes = step.lanes;
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 2 * lanes;
            for (var l = 0; l < lanes; l++, at++) {
                var g = step.gradients[l] * row.value(j);
                var sum = Math.fma(take * g, g, keep * cells[at + lanes]);
                if (step.isActive(l) && sum > 0) {
                    var r = step.rates[l] / (ScalarKernel.root(sum) + epsilon);
                    var w = Math.fma(-r, g, cells[at]);
                    var shrinks = step.l1[l] > 0 || step.l2[l] > 0;
                    cells[at] = shrinks ? ScalarKernel.shrunk(w, r * step.l1[l], r * step.l2[l]) : w;
                    cells[at + lanes] = sum;
                }
            }
        }
    }

    @Override
    public void adam(float[] cells, Entries row, LaneStep step, float beta1, float beta2, float epsilon) {
        var lanes = step.lanes;
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 3 * lanes;
            for (var l = 0; l < lanes; l++, at++) {
                if (step.isActive(l)) {
                    var g = step.gradients[l] * row.value(j);
                    var m = ScalarKernel.faded(Math.fma(beta1, cells[at + lanes], (1 - beta1) * g));
                    var v = ScalarKernel.faded(Math.fma(beta2, cells[at + 2 * lanes], (1 - beta2) * g * g));
                    var divisor = ScalarKernel.root(v) + epsilon;
                    if (divisor > 0) {
                        cells[at] -= step.rates[l] * m / divisor;
                    }
                    cells[at + lanes] = m;
                    cells[at + 2 * lanes] = v;
                }
            }
        }
    }

    @Override
    public void ftrl(float[] cells, Entries row, LaneStep step, float beta) {
        var lanes = step.lanes;
        for (var j = 0; j < row.n; j++) {
            var at = row.index(j) * 3 * lanes;
            for (var l = 0; l < lanes; l++, at++) {
                if (step.isActive(l)) {
                    var alpha = step.rates[l];
                    var g = step.gradients[l] * row.value(j);
                    var before = cells[at + 2 * lanes];
                    var after = Math.fma(g, g, before);
                    var root = ScalarKernel.root(after);
                    var z = Math.fma(-(root - ScalarKernel.root(before)) / alpha, cells[at], cells[at + lanes] + g);
                    cells[at + lanes] = z;
                    cells[at + 2 * lanes] = after;
                    var left = Math.abs(z) - step.l1[l];
                    var divisor = (beta + root) / alpha + step.l2[l];
                    cells[at] = left > 0 && divisor > 0 ? -Math.copySign(left, z) / divisor : 0;
                }
            }
        }
    }

    @Override
    public void normalize(
            float[] cells, Entries row, LaneStep step, float[] squares, double[] norms, double[] reaches) {
        var lanes = step.lanes;
        for (var l = 0; l < lanes; l++) {
            norms[l] = 0;
            reaches[l] = 0;
        }
        for (var j = 0; j < row.n; j++) {
            var value = Math.abs(row.value(j));
            if (value > ScalarKernel.TINY) {
                var at = row.index(j) * 3 * lanes;
                for (var l = 0; l < lanes; l++, at++) {
                    if (step.isActive(l)) {
                        var sum = Math.fma(squares[l] * value, value, cells[at + lanes]);
                        cells[at + lanes] = sum;
                        var scale = cells[at + 2 * lanes];
                        if (value > scale) {
                            cells[at] *= scale / value;
                            scale = value;
                            cells[at + 2 * lanes] = scale;
                        }
                        var share = value / scale;
                        norms[l] += share * share;
                        if (sum > 0) {
                            reaches[l] += value * (share / ScalarKernel.root(sum));
                        }
                    }
                }
            }
        }
    }

    @Override
    public void addNormalized(float[] cells, Entries row, LaneStep step, float[] scales) {
        var lanes = step.lanes;
        for (var j = 0; j < row.n; j++) {
            var value = row.value(j);
            if (Math.abs(value) > ScalarKernel.TINY) {
                var at = row.index(j) * 3 * lanes;
                for (var l = 0; l < lanes; l++, at++) {
                    var root = ScalarKernel.root(cells[at + lanes]);
                    if (step.isActive(l) && root > 0) {
                        cells[at] = Math.fma(scales[l], value / cells[at + 2 * lanes] / root, cells[at]);
                    }
                }
            }
        }
    }
}
