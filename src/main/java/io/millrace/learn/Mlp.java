package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.learn.LearnConfig.LearnerConfig;
import java.nio.ByteBuffer;
import java.util.List;

/// A multilayer perceptron that learns in mini-batches: a sparse layer of embeddings, Σ x e over an example's entries,
/// then the dense layers of [Network].
///
/// - **Shape**: the cell of a feature is its embedding; the dense layers' parameters fill the cells behind.
/// - **Mini-batch**: so many examples in their order, wherever a block ends ([Pending]). Each is predicted with the
///   parameters from before its mini-batch; when that is full, all parameters take one step with the mean of its
///   slopes. An example that can't be learned keeps its place, with slopes of 0.
/// - **Step**: parameters of all layers and of the embeddings that the mini-batch named are one row to the optimizer,
///   with the slope of the loss for x, so that each has one rule and accumulators of its own. All move or none.
/// - **Beginning**: layers as [Network] says; a feature that no step has moved has only zeros, as in a factorization
///   machine, and the first step of one gives it an embedding, uniform within ± `init` by seed, feature and place.
final class Mlp implements Estimator {
    private final Loss loss;
    private final Optimizer optimizer;
    private final Cells cells;
    private final Progress progress;
    private final Layers layers;
    private final Pending pending;
    /// Whether a pending row is not learned.
    private final boolean[] left;

    private final int outputs;
    private final Layers.Parts parts;
    /// Most that a gradient counts as.
    private final float clip;
    private final int features;

    private final float[] margins;
    private final float[] prediction;
    private final float[] gradients;
    /// What [Cells#rewrites] was when the layers last took the cells over; -1 where they have to.
    private int loaded = -1;
    private boolean closed;

    Mlp(LearnConfig config, LearnerConfig learner, Loss loss, Progress progress, Kernel kernel) {
        this.loss = loss;
        this.progress = progress;
        optimizer = Optimizer.of(config.optimizer());
        cells = new Cells(config.cells(), config.parameters(), optimizer.stride());
        outputs = loss.outcome().outputs();
        features = 1 << config.bits();
        clip = (float) config.optimizer().clip().orElse(Float.MAX_VALUE);
        parts = new Layers.Parts(config, learner, cells, optimizer);
        layers = config.isOnDevice() ? new DeviceLayers(parts) : new HostLayers(parts, kernel);
        pending = new Pending(learner.examples());
        left = new boolean[learner.examples()];
        margins = new float[outputs];
        prediction = new float[outputs];
        gradients = new float[outputs];
        begin();
    }

    /// Gives the layers what they begin with.
    private void begin() {
        var parameters = parts.beginning();
        for (var k = 0; k < parameters.length; k++) {
            if (parameters[k] != 0) {
                optimizer.begin(cells.data, (parts.first() + k) * cells.each, parameters[k], 1);
            }
        }
        cells.changeFrom(parts.behind());
        loaded = -1;
    }

    @Override
    public Cells cells() {
        layers.store();
        return cells;
    }

    @Override
    public void predict(Entries row, float[] into) {
        refresh();
        layers.forward(row);
        predict(left.length, into);
    }

    private void predict(int at, float[] into) {
        System.arraycopy(layers.margins(), at * layers.marginStride(), margins, 0, outputs);
        loss.predict(margins, into);
    }

    /// Takes the cells over where they came from outside; the rows that wait go forward again.
    private void refresh() {
        if (closed) {
            throw new IllegalStateException("it was closed");
        }
        if (loaded != cells.rewrites()) {
            layers.load();
            loaded = cells.rewrites();
            layers.forward(pending, 0, pending.rows);
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
            while (at < batch.size && !pending.isFull()) {
                pending.add(batch, at++, x);
            }
            layers.forward(pending, from, pending.rows);
            for (var r = from; r < pending.rows; r++) {
                predict(r, prediction);
                if (loss.accepts(pending.labels[r])) {
                    progress.add(prediction, 0, pending.labels[r], pending.weights[r]);
                }
                weigh(r);
                refused += left[r] ? 1 : 0;
            }
            if (pending.isFull()) {
                refused += step(t + at - 1);
            }
        }
        return refused;
    }

    /// The slopes of the loss by the margins of a row, or that it is left out.
    private void weigh(int r) {
        var at = r * layers.marginStride();
        left[r] = !slopes(r);
        for (var k = 0; k < outputs; k++) {
            layers.marginSlopes()[at + k] = left[r] ? 0 : gradients[k];
        }
    }

    private boolean slopes(int r) {
        if (!loss.accepts(pending.labels[r])) {
            return false;
        }
        System.arraycopy(layers.margins(), r * layers.marginStride(), margins, 0, outputs);
        for (var margin : margins) {
            if (!(Math.abs(margin) <= Float.MAX_VALUE)) {
                return false;
            }
        }
        loss.gradient(margins, pending.labels[r], gradients);
        for (var k = 0; k < outputs; k++) {
            var slope = pending.weights[r] * gradients[k];
            if (!(Math.abs(slope) <= Float.MAX_VALUE)) {
                return false;
            }
            gradients[k] = Math.max(-clip, Math.min(clip, slope));
        }
        return true;
    }

    /// @param t number of the mini-batch's last example
    /// @return how many examples could not be learned, of those that were not left out
    private int step(long t) {
        var rows = pending.rows;
        var last = layers.marginSlopes();
        for (var k = 0; k < rows * layers.marginStride(); k++) {
            last[k] /= rows;
        }
        var learned = 0;
        for (var r = 0; r < rows; r++) {
            learned += left[r] ? 0 : 1;
        }
        cells.change(pending.indices, 0, pending.entries());
        cells.changeFrom(parts.behind());
        var moved = learned == 0 || layers.step(pending, left, t);
        pending.clear();
        return moved ? 0 : learned;
    }

    @Override
    public List<Double> state() {
        return optimizer.state();
    }

    @Override
    public ByteBuffer pending() {
        return pending.bytes();
    }

    @Override
    public void restore(List<Double> state, ByteBuffer rows) {
        layers.store(); // the cells go to a device again, and it may have later ones
        optimizer.restore(state);
        pending.restore(rows, features);
        loaded = -1;
    }

    @Override
    public void reset() {
        layers.close(); // what is on a device is no longer what the cells are
        cells.clear();
        optimizer.reset();
        pending.clear();
        closed = false;
        begin();
    }

    @Override
    public String kernel() {
        return layers.kernel();
    }

    @Override
    public String device() {
        return layers.deviceName();
    }

    @Override
    public void close() {
        layers.close();
        closed = true;
    }
}
