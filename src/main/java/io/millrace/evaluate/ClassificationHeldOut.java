package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Held-out metrics of probabilities.
final class ClassificationHeldOut implements HeldOut {
    /// In this order within a bucket, and within a baseline.
    private static final String[] MEASURES = {"log-loss", "accuracy", "brier"};

    private static final String[] BASELINES = {".constant", ".last-label"};

    private static final Clusters CLUSTERS = new Clusters(MEASURES.length);
    private static final int BASELINE = CLUSTERS.cells();
    private static final int ROC = BASELINE + BASELINES.length * MEASURES.length;
    private static final int CALIBRATION = ROC + Roc.CELLS;
    private static final int CELLS = CALIBRATION + Calibration.CELLS;

    private final Tally tally = new Tally(CELLS);
    private final ClassLabels labels = new ClassLabels();

    ClassificationHeldOut() {}

    @Override
    public void add(float[] predictions, int at, float label, float weight, long group) {
        var prediction = predictions[at];
        var one = label == 1;
        var row = CLUSTERS.row(group);
        score(row, prediction, one, weight);
        tally.add(row + MEASURES.length, weight);
        score(BASELINE, labels.constant(), one, weight);
        score(BASELINE + MEASURES.length, labels.afterLast(), one, weight);
        tally.add(ROC + Roc.cell(prediction, one), weight);
        var bin = CALIBRATION + Calibration.cell(prediction);
        tally.add(bin, weight);
        tally.add(bin + 1, (double) weight * prediction);
        tally.add(bin + 2, one ? weight : 0);
        labels.see(one, weight);
        tally.end();
    }

    private void score(int from, double p, boolean one, float weight) {
        tally.add(from, weight * Losses.log(p, one));
        tally.add(from + 1, weight * Losses.hit(p, one));
        tally.add(from + 2, weight * Losses.brier(p, one));
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
        for (var k = 0; k < MEASURES.length; k++) {
            CLUSTERS.put(metrics, MEASURES[k] + span, CLUSTERS.mean(cells, k), CLUSTERS.error(cells, k), cells);
            for (var b = 0; b < BASELINES.length; b++) {
                var sum = cells[BASELINE + b * MEASURES.length + k];
                metrics.put(MEASURES[k] + BASELINES[b] + span, sum / weight);
            }
        }
        Roc.put(metrics, "auc" + span, cells, ROC);
        metrics.put("ece" + span, Calibration.error(cells, CALIBRATION));
        metrics.put("groups" + span, (double) CLUSTERS.groups(cells));
    }

    @Override
    public Map<String, Double> calibration() {
        var table = new LinkedHashMap<String, Double>();
        Calibration.put(table, tally.total(), CALIBRATION);
        return table;
    }

    @Override
    public List<Double> state() {
        var state = new ArrayList<Double>();
        tally.writeTo(state);
        labels.writeTo(state);
        return state;
    }

    @Override
    public void restore(List<Double> state) {
        Sums.checkLength(state, state().size());
        var numbers = state.iterator();
        tally.readFrom(numbers);
        labels.readFrom(numbers);
    }

    @Override
    public void reset() {
        tally.reset();
        labels.reset();
    }
}
