package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Metrics of predictions for examples that no model learns, such as those of validation groups. Cumulative and
/// decayed as [Progress] says, beside two baselines, which learn from held-out labels alone: the best constant so far,
/// and the last label. With standard errors and 95 % intervals that allow the examples of a group to be alike.
///
/// - **Shape**: for classification some 9,600 doubles, for regression some 2,600, whatever the number of examples or
///   groups. The package lists names and formulas.
public final class HeldOut {
    private static final String[] BASELINES = {".constant", ".last-label"};

    /// Sums of numbers beside their errors; a cost of the model's own stands behind them.
    private static final int LABEL = 2;

    private static final int LABEL_SQUARE = 3;

    private final Outcome outcome;
    private final Measures measures;
    private final double[] costs;
    /// Sums of a group.
    private final int columns;

    private final Clusters clusters;
    /// Where the cells of baselines begin, as many to each as there are measures.
    private final int baseline;

    private final int roc;
    private final int calibration;
    private final Tally tally;
    private final Labels labels;

    /// The first label, which is taken from all numbers: so squares of labels far from 0 do not cancel.
    private double origin;

    HeldOut(Outcome outcome) {
        this.outcome = outcome;
        measures = Measures.heldOut(outcome);
        costs = new double[measures.count()];
        labels = Labels.of(outcome);
        columns = measures.count() + (outcome.ofClasses() ? 0 : 2);
        clusters = new Clusters(columns);
        baseline = clusters.cells();
        roc = baseline + BASELINES.length * costs.length;
        calibration = roc + (hasCurve() ? Roc.CELLS : 0);
        tally = new Tally(calibration + (outcome.ofClasses() ? Calibration.CELLS : 0));
    }

    private boolean hasCurve() {
        return outcome.ofClasses() && !outcome.isMulticlass();
    }

    private int column(int measure) {
        return outcome.ofClasses() || measure < LABEL ? measure : LABEL_SQUARE + 1;
    }

    /// Scores one prediction. Allocates nothing.
    ///
    /// @param predictions as [Outcome] says, finite
    /// @param at where the prediction begins
    /// @param label as [Outcome] says
    /// @param weight how often the example counts; 0 or more
    /// @param group hash of the example's group, as in a block's `groups`
    public void add(float[] predictions, int at, float label, float weight, long group) {
        var row = clusters.row(group);
        measures.of(predictions, at, label, costs);
        for (var measure = 0; measure < costs.length; measure++) {
            tally.add(row + column(measure), weight * costs[measure]);
        }
        tally.add(row + columns, weight);
        labels.constant(measures, label, costs);
        addBaseline(0, weight);
        labels.afterLast(measures, label, costs);
        addBaseline(1, weight);
        if (outcome.ofClasses()) {
            addProbability(predictions, at, label, weight);
        } else {
            addNumber(row, label, weight);
        }
        labels.see(label, weight);
        tally.end();
    }

    private void addBaseline(int number, float weight) {
        for (var measure = 0; measure < costs.length; measure++) {
            tally.add(baseline + number * costs.length + measure, weight * costs[measure]);
        }
    }

    private void addProbability(float[] predictions, int at, float label, float weight) {
        var told = hasCurve() ? 1 : Outcome.likeliest(predictions, at, outcome.outputs());
        var p = predictions[hasCurve() ? at : at + told];
        var came = told == (int) label;
        if (hasCurve()) {
            tally.add(roc + Roc.cell(p, came), weight);
        }
        var bin = calibration + Calibration.cell(p);
        tally.add(bin, weight);
        tally.add(bin + 1, (double) weight * p);
        tally.add(bin + 2, came ? weight : 0);
    }

    private void addNumber(int row, float label, float weight) {
        if (tally.examples() == 0) {
            origin = label;
        }
        var shifted = label - origin;
        tally.add(row + LABEL, weight * shifted);
        tally.add(row + LABEL_SQUARE, weight * (shifted * shifted));
    }

    /// Examples scored.
    public long examples() {
        return tally.examples();
    }

    /// Names and values; see the package. Empty before the first example of any weight.
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
        for (var measure = 0; measure < costs.length; measure++) {
            var name = measures.name(measure);
            put(metrics, name + span, measure, cells);
            for (var b = 0; b < BASELINES.length; b++) {
                var mean = cells[baseline + b * costs.length + measure] / weight;
                metrics.put(name + BASELINES[b] + span, measures.metric(measure, mean));
            }
        }
        if (hasCurve()) {
            Roc.put(metrics, "auc" + span, cells, roc);
        }
        if (outcome.ofClasses()) {
            metrics.put("ece" + span, Calibration.error(cells, calibration));
        } else {
            putExplained(metrics, "r2" + span, cells);
        }
        metrics.put("groups" + span, (double) clusters.groups(cells));
    }

    private void put(Map<String, Double> metrics, String name, int measure, double[] cells) {
        var mean = clusters.mean(cells, column(measure));
        var error = clusters.error(cells, column(measure));
        if (measures.isRoot(measure)) {
            // dropped where every prediction is right, as the root has no slope there
            error = mean > 0 ? error / (2 * Math.sqrt(mean)) : 0;
        }
        clusters.put(metrics, name, measures.metric(measure, mean), error, cells);
    }

    /// 1 - square / variance; nothing where all labels are the same.
    private void putExplained(Map<String, Double> metrics, String name, double[] cells) {
        var square = clusters.mean(cells, 1);
        var mean = clusters.mean(cells, LABEL);
        var variance = clusters.mean(cells, LABEL_SQUARE) - mean * mean;
        if (!(variance > 0)) {
            return;
        }
        var left = square / variance;
        // of e² - left · (y - mean)², whose weighted sum is 0, over the variance
        var slopes = new double[columns + 1];
        slopes[1] = 1 / variance;
        slopes[LABEL] = 2 * left * mean / variance;
        slopes[LABEL_SQUARE] = -left / variance;
        slopes[columns] = -left * mean * mean / variance;
        clusters.put(metrics, name, 1 - left, clusters.error(cells, slopes), cells);
    }

    /// The calibration table over all examples; empty for regression.
    public Map<String, Double> calibration() {
        var table = new LinkedHashMap<String, Double>();
        if (outcome.ofClasses()) {
            Calibration.put(table, tally.total(), calibration);
        }
        return table;
    }

    /// All sums, so that [#restore] goes on with the same bits.
    public List<Double> state() {
        var state = new ArrayList<Double>();
        tally.writeTo(state);
        labels.writeTo(state);
        if (!outcome.ofClasses()) {
            state.add(origin);
        }
        return state;
    }

    /// Goes on from a state.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives
    public void restore(List<Double> state) {
        Sums.checkLength(state, state().size());
        var numbers = state.iterator();
        tally.readFrom(numbers);
        labels.readFrom(numbers);
        if (!outcome.ofClasses()) {
            origin = numbers.next();
        }
    }

    /// Back to before the first example.
    public void reset() {
        tally.reset();
        labels.reset();
        origin = 0;
    }
}
