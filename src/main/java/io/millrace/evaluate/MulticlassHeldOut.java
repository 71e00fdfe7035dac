package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Held-out metrics of the probabilities of several classes.
final class MulticlassHeldOut implements HeldOut {
    /// In this order within a bucket, and within a baseline.
    private static final String[] MEASURES = {"log-loss", "accuracy", "brier"};

    private static final String[] BASELINES = {".constant", ".last-label"};

    private static final Clusters CLUSTERS = new Clusters(MEASURES.length);
    private static final int BASELINE = CLUSTERS.cells();
    private static final int CALIBRATION = BASELINE + BASELINES.length * MEASURES.length;
    private static final int CELLS = CALIBRATION + Calibration.CELLS;

    private final int classes;
    private final Tally tally = new Tally(CELLS);
    private final ClassCounts labels;
    private final float[] baseline;

    MulticlassHeldOut(int classes) {
        this.classes = classes;
        labels = new ClassCounts(classes);
        baseline = new float[classes];
    }

    @Override
    public void add(float[] predictions, int at, float label, float weight, long group) {
        var came = (int) label;
        var row = CLUSTERS.row(group);
        score(row, predictions, at, came, weight);
        tally.add(row + MEASURES.length, weight);
        labels.constant(baseline);
        score(BASELINE, baseline, 0, came, weight);
        labels.afterLast(baseline);
        score(BASELINE + MEASURES.length, baseline, 0, came, weight);
        var likeliest = Outcome.likeliest(predictions, at, classes);
        var confidence = predictions[at + likeliest];
        var bin = CALIBRATION + Calibration.cell(confidence);
        tally.add(bin, weight);
        tally.add(bin + 1, (double) weight * confidence);
        tally.add(bin + 2, likeliest == came ? weight : 0);
        labels.see(came, weight);
        tally.end();
    }

    private void score(int from, float[] p, int at, int came, float weight) {
        tally.add(from, weight * Multiclass.log(p[at + came]));
        tally.add(from + 1, Outcome.likeliest(p, at, classes) == came ? weight : 0);
        tally.add(from + 2, weight * Multiclass.brier(p, at, classes, came));
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
