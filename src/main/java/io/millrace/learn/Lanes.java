package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.LaneKernel;
import io.millrace.kernel.LaneStep;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Linear models side by side: each predicts and learns every example as it would alone, one of them is served.
/// [LaneBoard] says which, and what each learns.
///
/// A step that can't be taken in a lane changes nothing there. An example is refused where the served lane takes none.
final class Lanes implements Estimator {
    private final LaneKernel kernel;
    /// Of the kernel.
    private final String name;
    private final ScalarLoss loss;
    private final boolean isLogistic;
    private final LaneOptimizer optimizer;
    private final Cells cells;
    private final LaneStep step;
    private final LaneStep asked;
    private final Entries row = new Entries();
    private final LaneOptimizer.Example example = new LaneOptimizer.Example();
    private final LaneBoard board;
    private final float[] predictions = new float[LaneStep.MOST];
    private final float clip;

    Lanes(LearnConfig config, LanesConfig lanes, ScalarLoss loss, Progress progress, Kernel kernel) {
        this.kernel = kernel.lanes();
        name = kernel.name();
        this.loss = loss;
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
        board = new LaneBoard(config, lanes, cells, progress);
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
        into[0] = loss.predict(asked.margins[board.served()]);
    }

    @Override
    public int learn(Examples batch, float[] x, long t) {
        return learn(batch, x, x, t);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // one array where there is one kind of value
    public int learn(Examples batch, float[] x, float[] stepped, long t) {
        var refused = 0;
        for (var at = 0; at < batch.size; at++) {
            cells.change(batch.indices, batch.rows[at], batch.rows[at + 1]);
            var from = batch.rows[at];
            example.label = batch.labels[at];
            example.weight = batch.weights[at];
            example.t = t + at;
            if (!loss.accepts(example.label)) {
                refused++;
                continue;
            }
            margins(batch, from, x, batch.rows[at + 1] - from);
            var served = board.served();
            var fold = board.score(batch, at, predictions);
            if (stepped != x) {
                margins(batch, from, stepped, batch.rows[at + 1] - from);
            }
            step.active = kernel.slopes(step, example.weight, clip) & board.learning(fold);
            var moved = optimizer.step(kernel, cells.data, row, step, example);
            refused += 1 - (moved >>> served & 1);
            board.choose();
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

    @Override
    public Optional<GroupFolds> groups() {
        return board.groups();
    }

    @Override
    public int served() {
        return board.served();
    }

    @Override
    public Map<String, Double> metrics() {
        return board.metrics();
    }

    @Override
    public List<Double> state() {
        var state = board.state();
        state.addAll(optimizer.state());
        return state;
    }

    @Override
    public void restore(List<Double> state, ByteBuffer pending) {
        Estimator.checkNoneWaits(pending);
        optimizer.restore(board.restore(state, optimizer.state().size()));
    }

    @Override
    public void reset() {
        cells.clear();
        optimizer.reset();
        board.reset();
    }

    @Override
    public String kernel() {
        return name;
    }
}
