package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Held-out metrics of predictions that are numbers.
final class RegressionHeldOut implements HeldOut {
    private static final int ABSOLUTE = 0;
    private static final int SQUARE = 1;
    private static final int LABEL = 2;
    private static final int LABEL_SQUARE = 3;
    /// Of a model with a cost of its own only.
    private static final int OWN = 4;

    private static final String[] BASELINES = {".constant", ".last-label"};

    private final @Nullable Cost own;
    private final int measures;
    private final Clusters clusters;
    /// Where the cells of a baseline begin, as many as errors and costs are.
    private final int baseline;

    private final int perBaseline;
    private final Tally tally;
    private final NumberLabels labels = new NumberLabels();

    /// The first label, which is taken from all: so squares of labels far from 0 do not cancel.
    private double origin;

    RegressionHeldOut(@Nullable Cost own) {
        this.own = own;
        measures = own == null ? OWN : OWN + 1;
        clusters = new Clusters(measures);
        baseline = clusters.cells();
        perBaseline = own == null ? 2 : 3;
        tally = new Tally(baseline + perBaseline * BASELINES.length);
    }

    @Override
    public void add(float[] predictions, int at, float label, float weight, long group) {
        if (tally.examples() == 0) {
            origin = label;
        }
        var row = clusters.row(group);
        var shifted = label - origin;
        score(row, row + OWN, predictions[at], label, weight);
        tally.add(row + LABEL, weight * shifted);
        tally.add(row + LABEL_SQUARE, weight * (shifted * shifted));
        tally.add(row + measures, weight);
        score(baseline, baseline + 2, labels.constant(), label, weight);
        score(baseline + perBaseline, baseline + perBaseline + 2, labels.last(), label, weight);
        labels.see(label, weight);
        tally.end();
    }

    private void score(int from, int ownAt, double prediction, float label, float weight) {
        var error = prediction - label;
        tally.add(from + ABSOLUTE, weight * Math.abs(error));
        tally.add(from + SQUARE, weight * (error * error));
        if (own != null) {
            tally.add(ownAt, weight * own.of(prediction, label));
        }
    }

    @Override
    public long examples() {
        return tally.examples();
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        if (clusters.weight(tally.total()) > 0) {
            put(metrics, "", tally.total());
            put(metrics, ".decayed", tally.decayed());
        }
        return metrics;
    }

    private void put(Map<String, Double> metrics, String span, double[] cells) {
        var weight = clusters.weight(cells);
        clusters.put(metrics, "mae" + span, clusters.mean(cells, ABSOLUTE), clusters.error(cells, ABSOLUTE), cells);
        var square = clusters.mean(cells, SQUARE);
        var root = Math.sqrt(square);
        // dropped where every prediction is right, as the root has no slope there
        var rootError = square > 0 ? clusters.error(cells, SQUARE) / (2 * root) : 0;
        clusters.put(metrics, "rmse" + span, root, rootError, cells);
        if (own != null) {
            var name = own.loss().word() + span;
            clusters.put(metrics, name, clusters.mean(cells, OWN), clusters.error(cells, OWN), cells);
        }
        for (var b = 0; b < BASELINES.length; b++) {
            var from = baseline + perBaseline * b;
            metrics.put("mae" + BASELINES[b] + span, cells[from + ABSOLUTE] / weight);
            metrics.put("rmse" + BASELINES[b] + span, Math.sqrt(cells[from + SQUARE] / weight));
            if (own != null) {
                metrics.put(own.loss().word() + BASELINES[b] + span, cells[from + 2] / weight);
            }
        }
        putExplained(metrics, "r2" + span, cells, square);
        metrics.put("groups" + span, (double) clusters.groups(cells));
    }

    /// 1 - square / variance; nothing where all labels are the same.
    private void putExplained(Map<String, Double> metrics, String name, double[] cells, double square) {
        var mean = clusters.mean(cells, LABEL);
        var variance = clusters.mean(cells, LABEL_SQUARE) - mean * mean;
        if (!(variance > 0)) {
            return;
        }
        var left = square / variance;
        // of e² - left · (y - mean)², whose weighted sum is 0, over the variance
        var slopes = new double[measures + 1];
        slopes[SQUARE] = 1 / variance;
        slopes[LABEL] = 2 * left * mean / variance;
        slopes[LABEL_SQUARE] = -left / variance;
        slopes[measures] = -left * mean * mean / variance;
        clusters.put(metrics, name, 1 - left, clusters.error(cells, slopes), cells);
    }

    @Override
    public Map<String, Double> calibration() {
        return Map.of();
    }

    @Override
    public List<Double> state() {
        var state = new ArrayList<Double>();
        tally.writeTo(state);
        labels.writeTo(state);
        state.add(origin);
        return state;
    }

    @Override
    public void restore(List<Double> state) {
        Sums.checkLength(state, state().size());
        var numbers = state.iterator();
        tally.readFrom(numbers);
        labels.readFrom(numbers);
        origin = numbers.next();
    }

    @Override
    public void reset() {
        tally.reset();
        labels.reset();
        origin = 0;
    }
}
