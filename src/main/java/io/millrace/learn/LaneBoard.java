package io.millrace.learn;

import io.millrace.evaluate.LaneLosses;
import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How models side by side stand: what each is scored on, which is served, and what folds are held out from which.
///
/// - **Grid**: all learn everything. The served lane is [LaneChoice]'s.
/// - **Folds**: lane i never learns the examples of fold i, and is scored on them alone. The last lane learns
///   everything, is scored on everything, and is served. [Folds] says which fold is an example's.
final class LaneBoard {
    /// Numbers of the choice's state, which is first; then come folds and losses.
    private static final int CHOICE = 3;

    private static final String GROUPS = "folds.groups";
    private static final String BY_HASH = "folds.by-hash";

    private final int lanes;
    private final Cells cells;
    private final Progress progress;
    private final LaneLosses losses;
    private final LaneChoice choice = new LaneChoice();
    private final Folds folds;
    private final float[] prediction = new float[1];
    private final double[] decayed;
    private final String metric;
    /// Whether the last example was that of a window.
    private boolean full;

    LaneBoard(LearnConfig config, LanesConfig lanes, Cells cells, Progress progress) {
        this.lanes = lanes.count();
        this.cells = cells;
        this.progress = progress;
        losses = new LaneLosses(lanes.count(), config.outcome());
        metric = config.outcome().metric();
        folds = new Folds(lanes);
        decayed = new double[lanes.count()];
    }

    /// The lane that is served.
    int served() {
        return choice.served();
    }

    /// Scores an example in every lane that has not learned its fold.
    ///
    /// @param predictions of each lane
    /// @return the fold of the example, which is counted as dealt
    int score(Examples batch, int at, float[] predictions) {
        var label = batch.labels[at];
        var fold = folds.deal(batch.ids[at], batch.groups[at], label);
        prediction[0] = predictions[choice.served()];
        progress.add(prediction, 0, label, batch.weights[at]);
        full = losses.add(predictions, label, batch.weights[at], folds.scored(fold));
        return fold;
    }

    /// The lanes that learn the examples of a fold, a bit each.
    int learning(int fold) {
        return folds.learning(fold);
    }

    /// Looks which lane is to be served from now on, at the end of a window; to be called when its last example is
    /// learned.
    void choose() {
        if (!full || folds.areHeldOut()) {
            return;
        }
        for (var lane = 0; lane < decayed.length; lane++) {
            decayed[lane] = losses.decayed(lane);
        }
        if (choice.consider(decayed)) {
            cells.serve(choice.served());
        }
    }

    Optional<GroupFolds> groups() {
        return folds.groups();
    }

    /// `log-loss.lane-3` and `log-loss.lane-3.decayed`, of each lane; of folds also `log-loss.folds`, over all;
    /// of groups that stay in theirs how many there are, and examples of those that found no room.
    Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        for (var lane = 0; lane < lanes; lane++) {
            put(metrics, metric + ".lane-" + lane, losses.mean(lane));
            put(metrics, metric + ".lane-" + lane + ".decayed", losses.decayed(lane));
        }
        if (folds.areHeldOut()) {
            put(metrics, metric + ".folds", losses.meanOf(lanes - 1));
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

    List<Double> state() {
        var state = new ArrayList<>(choice.state());
        state.addAll(folds.state());
        state.addAll(losses.state());
        return state;
    }

    /// Goes on from a state, and what follows it.
    ///
    /// @param more numbers that follow
    /// @return those
    /// @throws IllegalArgumentException if it has another length
    List<Double> restore(List<Double> state, int more) {
        var dealt = CHOICE + folds.state().size();
        var own = dealt + losses.state().size();
        Optimizer.checkLength(state, own + more);
        folds.restore(state.subList(CHOICE, dealt));
        losses.restore(state.subList(dealt, own));
        choice.restore(state.subList(0, CHOICE));
        cells.serve(choice.served());
        return state.subList(own, state.size());
    }

    void reset() {
        losses.reset();
        folds.reset();
        choice.serve(folds.areHeldOut() ? lanes - 1 : 0);
        cells.serve(choice.served());
    }
}
