package io.millrace.learn;

import io.millrace.evaluate.LaneLosses;
import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.LaneKernel;
import io.millrace.kernel.LaneStep;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Linear models side by side: each predicts and learns every example as it would alone, one of them is served.
///
/// - **Grid**: all learn everything. The served lane is [LaneChoice]'s.
/// - **Folds**: lane i never learns the examples of fold i, and is scored on them alone. The last lane learns
///   everything, is scored on everything, and is served. [Folds] says which fold is an example's.
///
/// A step that can't be taken in a lane changes nothing there. An example is refused where the served lane takes none.
final class Lanes implements Estimator {
    /// What of a state is not the optimizer's: the choice, then folds and losses.
    private static final int CHOICE = 3;

    private static final String GROUPS = "folds.groups";
    private static final String BY_HASH = "folds.by-hash";

    private final LaneKernel kernel;
    /// Of the kernel.
    private final String name;
    private final ScalarLoss loss;
    private final boolean isLogistic;
    private final LaneOptimizer optimizer;
    private final Cells cells;
    private final Progress progress;
    private final LaneStep step;
    private final LaneStep asked;
    private final Entries row = new Entries();
    private final LaneOptimizer.Example example = new LaneOptimizer.Example();
    private final LaneLosses losses;
    private final LaneChoice choice = new LaneChoice();
    private final Folds folds;
    private final float[] predictions = new float[LaneStep.MOST];
    private final float[] prediction = new float[1];
    private final double[] decayed;
    private final float clip;
    private final String metric;

    Lanes(LearnConfig config, LanesConfig lanes, ScalarLoss loss, Progress progress, Kernel kernel) {
        this.kernel = kernel.lanes();
        name = kernel.name();
        this.loss = loss;
        this.progress = progress;
        isLogistic = loss instanceof LogisticLoss;
        var settings = lanes.optimizers(config.optimizer());
        optimizer = LaneOptimizer.of(settings, loss);
        cells = new Cells(config.cells(), optimizer.slots(), lanes.count(), lanes.publishesAll());
        step = new LaneStep(lanes.count());
        asked = new LaneStep(lanes.count());
        for (var lane = 0; lane < lanes.count(); lane++) {
            step.l1[lane] = (float) settings.get(lane).l1().orElse(0);
            step.l2[lane] = (float) settings.get(lane).l2().orElse(0);
        }
        losses = new LaneLosses(lanes.count(), config.outcome());
        metric = config.outcome().metric();
        folds = new Folds(lanes);
        decayed = new double[lanes.count()];
        clip = (float) config.optimizer().clip().orElse(Float.MAX_VALUE);
        reset();
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public void predict(Entries entries, float[] into) {
        kernel.margins(cells.data, optimizer.slots(), entries, asked);
        into[0] = loss.predict(asked.margins[choice.served()]);
    }

    @Override
    public int learn(Examples batch, float[] x, long t) {
        return learn(batch, x, x, t);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // one array where there is one kind of value
    public int learn(Examples batch, float[] x, float[] stepped, long t) {
        cells.change(batch.indices, batch.rows[batch.size]);
        var refused = 0;
        for (var at = 0; at < batch.size; at++) {
            var from = batch.rows[at];
            example.label = batch.labels[at];
            example.weight = batch.weights[at];
            example.t = t + at;
            if (!loss.accepts(example.label)) {
                refused++;
                continue;
            }
            margins(batch, from, x, batch.rows[at + 1] - from);
            var fold = folds.deal(batch.ids[at], batch.groups[at], example.label);
            var served = choice.served();
            prediction[0] = predictions[served];
            progress.add(prediction, 0, example.label, example.weight);
            var full = losses.add(predictions, example.label, example.weight, folds.scored(fold));
            if (stepped != x) {
                margins(batch, from, stepped, batch.rows[at + 1] - from);
            }
            step.active = kernel.slopes(step, example.weight, clip) & folds.learning(fold);
            var moved = optimizer.step(kernel, cells.data, row, step, example);
            refused += 1 - (moved >>> served & 1);
            if (full) {
                choose();
            }
        }
        return refused;
    }

    /// Margins, predictions and slopes of all lanes.
    private void margins(Examples batch, int from, float[] x, int n) {
        kernel.margins(cells.data, optimizer.slots(), row.of(batch.indices, from, x, from, n), step);
        if (isLogistic) {
            kernel.logistic(step, example.label, predictions);
        } else {
            for (var lane = 0; lane < step.lanes; lane++) {
                predictions[lane] = loss.predict(step.margins[lane]);
                step.gradients[lane] = loss.gradient(step.margins[lane], example.label);
            }
        }
    }

    private void choose() {
        if (folds.areHeldOut()) {
            return;
        }
        for (var lane = 0; lane < decayed.length; lane++) {
            decayed[lane] = losses.decayed(lane);
        }
        if (choice.consider(decayed)) {
            cells.serve(choice.served());
        }
    }

    @Override
    public Optional<GroupFolds> groups() {
        return folds.groups();
    }

    @Override
    public int served() {
        return choice.served();
    }

    /// `log-loss.lane-3` and `log-loss.lane-3.decayed`, of each lane; of folds also `log-loss.folds`, over all;
    /// of groups that stay in theirs how many there are, and examples of those that found no room.
    @Override
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        for (var lane = 0; lane < step.lanes; lane++) {
            put(metrics, metric + ".lane-" + lane, losses.mean(lane));
            put(metrics, metric + ".lane-" + lane + ".decayed", losses.decayed(lane));
        }
        if (folds.areHeldOut()) {
            put(metrics, metric + ".folds", losses.meanOf(step.lanes - 1));
        }
        folds.groups().ifPresent(groups -> {
            metrics.put(GROUPS, (double) groups.size());
            metrics.put(BY_HASH, (double) folds.byHash());
        });
        return metrics;
    }

    private void put(Map<String, Double> metrics, String name, double mean) {
        if (!Double.isNaN(mean)) {
            metrics.put(name, losses.metric(mean));
        }
    }

    @Override
    public List<Double> state() {
        var state = new ArrayList<>(choice.state());
        state.addAll(folds.state());
        state.addAll(losses.state());
        state.addAll(optimizer.state());
        return state;
    }

    @Override
    public void restore(List<Double> state, ByteBuffer pending) {
        Estimator.checkNoneWaits(pending);
        var dealt = CHOICE + folds.state().size();
        var own = dealt + losses.state().size();
        Optimizer.checkLength(state, own + optimizer.state().size());
        folds.restore(state.subList(CHOICE, dealt));
        losses.restore(state.subList(dealt, own));
        optimizer.restore(state.subList(own, state.size()));
        choice.restore(state.subList(0, CHOICE));
        cells.serve(choice.served());
    }

    @Override
    public void reset() {
        cells.clear();
        optimizer.reset();
        losses.reset();
        folds.reset();
        choice.serve(folds.areHeldOut() ? step.lanes - 1 : 0);
        cells.serve(choice.served());
    }

    @Override
    public String kernel() {
        return name;
    }
}
