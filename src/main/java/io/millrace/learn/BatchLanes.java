package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.LaneStep;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Linear models side by side that learn in mini-batches. [LaneBoard] says which is served, and what each learns.
///
/// - **Mini-batch**: as [Mlp] has it. Each example is predicted with the weights from before its mini-batch; when that
/// is
///   full, the weights that it names take one step in each lane, with the mean of its slopes. An example that a lane
///   does not learn keeps its place there, with a slope of 0, and names no weight.
/// - **Bytes that wait**: those of [Pending], then of each row the lanes that learn it as int32, a bit each,
///   little-endian.
final class BatchLanes implements Estimator {
    private final ScalarLoss loss;
    private final Cells cells;
    private final List<Optimizer> optimizers;
    private final LaneBody body;
    private final LaneBoard board;
    private final Pending pending;
    private final int lanes;
    private final int features;
    private final float clip;
    private final ByFeature named = new ByFeature();
    private final boolean[] left;
    /// Of each row that waits, the lanes that learn it; before and after its slopes were looked at.
    private final int[] learning;

    private final int[] active;
    private final float[] margins;
    private final float[] slopes;
    private final float[] predictions = new float[LaneStep.MOST];
    /// What [Cells#rewrites] was when the body last took the cells over; -1 where it has to.
    private int loaded = -1;

    private boolean closed;

    BatchLanes(LearnConfig config, LanesConfig lanes, ScalarLoss loss, Progress progress, Kernel kernel) {
        this.loss = loss;
        this.lanes = lanes.count();
        optimizers =
                lanes.optimizers(config.optimizer()).stream().map(Optimizer::of).toList();
        cells = new Cells(config.cells(), optimizers.getFirst().stride(), lanes.count(), lanes.publishesAll());
        var rows = config.learner().orElseThrow().examples();
        body = config.isOnDevice()
                ? new DeviceLaneBody(cells, optimizers, rows)
                : new HostLaneBody(cells, optimizers, rows, kernel);
        board = new LaneBoard(config, lanes, cells, progress);
        pending = new Pending(rows);
        features = 1 << config.bits();
        clip = (float) config.optimizer().clip().orElse(Float.MAX_VALUE);
        left = new boolean[rows];
        learning = new int[rows];
        active = new int[rows];
        margins = new float[(rows + 1) * LaneStep.MOST];
        slopes = new float[rows * LaneStep.MOST];
        reset();
    }

    @Override
    public Cells cells() {
        body.store();
        return cells;
    }

    @Override
    public void predict(Entries row, float[] into) {
        refresh();
        body.margins(row, margins);
        into[0] = loss.predict(margins[left.length * LaneStep.MOST + board.served()]);
    }

    /// Takes the cells over where they came from outside; the rows that wait have their margins again.
    private void refresh() {
        if (closed) {
            throw new IllegalStateException("it was closed");
        }
        if (loaded != cells.rewrites()) {
            body.load();
            loaded = cells.rewrites();
            body.margins(pending, 0, pending.rows, margins);
            for (var r = 0; r < pending.rows; r++) {
                weigh(r);
            }
        }
    }

    @Override
    public int learn(Examples batch, float[] x, long t) {
        refresh();
        var refused = 0;
        for (var at = 0; at < batch.size; ) {
            var from = pending.rows;
            var first = at;
            while (at < batch.size && !pending.isFull()) {
                pending.add(batch, at++, x);
            }
            body.margins(pending, from, pending.rows, margins);
            for (var r = from; r < pending.rows; r++) {
                refused += take(batch, first + r - from, r) ? 0 : 1;
            }
            if (pending.isFull()) {
                refused += step(t + at - 1);
            }
        }
        return refused;
    }

    /// Scores a row, and finds the lanes that learn it.
    ///
    /// @return whether the served one does
    private boolean take(Examples batch, int at, int r) {
        var label = pending.labels[r];
        if (!loss.accepts(label)) {
            learning[r] = 0;
            weigh(r);
            return false;
        }
        for (var lane = 0; lane < lanes; lane++) {
            predictions[lane] = loss.predict(margins[r * LaneStep.MOST + lane]);
        }
        var served = board.served();
        learning[r] = board.learning(board.score(batch, at, predictions));
        weigh(r);
        board.choose();
        return (active[r] >>> served & 1) != 0;
    }

    /// The slopes of the loss by the margins of a row: 0 in lanes that do not learn it, or can't.
    private void weigh(int r) {
        active[r] = 0;
        for (var lane = 0; lane < lanes; lane++) {
            var at = r * LaneStep.MOST + lane;
            slopes[at] = 0;
            if ((learning[r] >>> lane & 1) != 0 && Math.abs(margins[at]) <= Float.MAX_VALUE) {
                var slope = pending.weights[r] * loss.gradient(margins[at], pending.labels[r]);
                if (Math.abs(slope) <= Float.MAX_VALUE) {
                    slopes[at] = Math.max(-clip, Math.min(clip, slope));
                    active[r] |= 1 << lane;
                }
            }
        }
    }

    /// @param t number of the mini-batch's last example
    /// @return how many examples the served lane could not learn, of those that it was to
    private int step(long t) {
        var rows = pending.rows;
        for (var k = 0; k < rows * LaneStep.MOST; k++) {
            slopes[k] /= rows;
        }
        cells.change(pending.indices, 0, pending.entries());
        body.begin(slopes, rows);
        var refused = 0;
        for (var lane = 0; lane < lanes; lane++) {
            var again = lane > 0 && isLikeBefore(lane);
            if (!again) {
                for (var r = 0; r < rows; r++) {
                    left[r] = (active[r] >>> lane & 1) == 0;
                }
                named.sort(pending, left);
            }
            var learned = learned(lane);
            if (learned > 0 && !body.step(lane, named, again, t) && lane == board.served()) {
                refused = learned;
            }
        }
        pending.clear();
        return refused;
    }

    /// Whether a lane learns the rows that the one before it learns.
    private boolean isLikeBefore(int lane) {
        for (var r = 0; r < pending.rows; r++) {
            if (((active[r] >>> lane ^ active[r] >>> (lane - 1)) & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    private int learned(int lane) {
        var learned = 0;
        for (var r = 0; r < pending.rows; r++) {
            learned += active[r] >>> lane & 1;
        }
        return learned;
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
        optimizers.forEach(optimizer -> state.addAll(optimizer.state()));
        return state;
    }

    @Override
    public ByteBuffer pending() {
        if (pending.rows == 0) {
            return ByteBuffer.allocate(0);
        }
        var rows = pending.bytes();
        var bytes = ByteBuffer.allocate(rows.remaining() + Integer.BYTES * pending.rows)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(rows);
        for (var r = 0; r < pending.rows; r++) {
            bytes.putInt(learning[r]);
        }
        return bytes.flip();
    }

    @Override
    public void restore(List<Double> state, ByteBuffer waiting) {
        body.store(); // the cells go to a device again, and it may have later ones
        var each = optimizers.getFirst().state().size();
        var own = board.restore(state, each * lanes);
        for (var lane = 0; lane < lanes; lane++) {
            optimizers.get(lane).restore(own.subList(lane * each, (lane + 1) * each));
        }
        restore(waiting.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        loaded = -1;
    }

    private void restore(ByteBuffer waiting) {
        var rows = waiting.remaining() < Integer.BYTES ? 0 : waiting.getInt(waiting.position());
        // what is too short for its rows is told by those who read them
        var tail = rows > 0 && rows < waiting.remaining() / Integer.BYTES ? rows * Integer.BYTES : 0;
        pending.restore(waiting.slice(waiting.position(), waiting.remaining() - tail), features);
        waiting.position(waiting.limit() - tail);
        Arrays.fill(learning, 0);
        for (var r = 0; r < pending.rows; r++) {
            learning[r] = waiting.getInt();
        }
    }

    @Override
    public void reset() {
        body.close(); // what is on a device is no longer what the cells are
        cells.clear();
        optimizers.forEach(Optimizer::reset);
        board.reset();
        pending.clear();
        closed = false;
        loaded = -1;
    }

    @Override
    public String kernel() {
        return body.kernel();
    }

    @Override
    public String device() {
        return body.deviceName();
    }

    @Override
    public void close() {
        body.close();
        closed = true;
    }
}
