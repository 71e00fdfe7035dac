package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Held-out metrics of predictions that are numbers.
final class RegressionHeldOut implements HeldOut {
    private static final int ABSOLUTE = 0;
    private static final int SQUARE = 1;
    private static final int LABEL = 2;
    private static final int LABEL_SQUARE = 3;
    private static final int MEASURES = 4;

    private static final String[] BASELINES = {".constant", ".last-label"};

    private static final Clusters CLUSTERS = new Clusters(MEASURES);
    private static final int BASELINE = CLUSTERS.cells();
    private static final int CELLS = BASELINE + 2 * BASELINES.length;

    private final Tally tally = new Tally(CELLS);
    private final NumberLabels labels = new NumberLabels();

    /// The first label, which is taken from all: so squares of labels far from 0 do not cancel.
    private double origin;

    RegressionHeldOut() {}

    @Override
    public void add(float[] predictions, int at, float label, float weight, long group) {
        var prediction = predictions[at];
        if (tally.examples() == 0) {
            origin = label;
        }
        var row = CLUSTERS.row(group);
        var shifted = label - origin;
        score(row, prediction - (double) label, weight);
        tally.add(row + LABEL, weight * shifted);
        tally.add(row + LABEL_SQUARE, weight * (shifted * shifted));
        tally.add(row + MEASURES, weight);
        score(BASELINE, labels.constant() - label, weight);
        score(BASELINE + 2, labels.last() - label, weight);
        labels.see(label, weight);
        tally.end();
    }

    private void score(int from, double error, float weight) {
        tally.add(from + ABSOLUTE, weight * Math.abs(error));
        tally.add(from + SQUARE, weight * (error * error));
    }

    @Override
    public long examples() {
        return tally.examples();
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        if (CLUSTERS.weight(tally.total()) > 0) {
            put(metrics, "", tally.total());
            put(metrics, ".decayed", tally.decayed());
        }
        return metrics;
    }

    private static void put(Map<String, Double> metrics, String span, double[] cells) {
        var weight = CLUSTERS.weight(cells);
        CLUSTERS.put(metrics, "mae" + span, CLUSTERS.mean(cells, ABSOLUTE), CLUSTERS.error(cells, ABSOLUTE), cells);
        var square = CLUSTERS.mean(cells, SQUARE);
        var root = Math.sqrt(square);
        // dropped where every prediction is right, as the root has no slope there
        var rootError = square > 0 ? CLUSTERS.error(cells, SQUARE) / (2 * root) : 0;
        CLUSTERS.put(metrics, "rmse" + span, root, rootError, cells);
        for (var b = 0; b < BASELINES.length; b++) {
            metrics.put("mae" + BASELINES[b] + span, cells[BASELINE + 2 * b + ABSOLUTE] / weight);
            metrics.put("rmse" + BASELINES[b] + span, Math.sqrt(cells[BASELINE + 2 * b + SQUARE] / weight));
        }
        putExplained(metrics, "r2" + span, cells, square);
        metrics.put("groups" + span, (double) CLUSTERS.groups(cells));
    }

    /// 1 - square / variance; nothing where all labels are the same.
    private static void putExplained(Map<String, Double> metrics, String name, double[] cells, double square) {
        var mean = CLUSTERS.mean(cells, LABEL);
        var variance = CLUSTERS.mean(cells, LABEL_SQUARE) - mean * mean;
        if (!(variance > 0)) {
            return;
        }
        var left = square / variance;
        // of e² - left · (y - mean)², whose weighted sum is 0, over the variance
        var slopes = new double[MEASURES + 1];
        slopes[SQUARE] = 1 / variance;
        slopes[LABEL] = 2 * left * mean / variance;
        slopes[LABEL_SQUARE] = -left / variance;
        slopes[MEASURES] = -left * mean * mean / variance;
        CLUSTERS.put(metrics, name, 1 - left, CLUSTERS.error(cells, slopes), cells);
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
