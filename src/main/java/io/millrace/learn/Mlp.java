package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Embeddings;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.learn.LearnConfig.LearnerConfig;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
    private final Kernel kernel;
    private final Loss loss;
    private final Optimizer optimizer;
    private final Cells cells;
    private final Progress progress;
    private final Network network;
    private final Pending pending;
    /// Whether a pending row is not learned.
    private final boolean[] left;

    private final int outputs;
    /// Floats of an embedding.
    private final int width;
    /// How many parameters the dense layers have, the number of their first, and its cell.
    private final int dense;

    private final int first;
    private final int behind;
    private final long seed;
    private final float init;
    /// Most that a gradient counts as.
    private final float clip;
    private final int features;

    private final Entries entries = new Entries();
    private final float[] margins;
    private final float[] prediction;
    private final float[] gradients;
    private final Slots slots = new Slots();
    /// All that a step moves, the dense parameters first.
    private final Row step = new Row();

    private int[] numbers;
    private float[] slopes;
    private int[] begun = {};
    /// What [Cells#rewrites] was when the network last took the cells over; -1 where it has to.
    private int loaded = -1;

    Mlp(LearnConfig config, LearnerConfig learner, Loss loss, Progress progress, Kernel kernel) {
        this.kernel = kernel;
        this.loss = loss;
        this.progress = progress;
        optimizer = Optimizer.of(config.optimizer());
        cells = new Cells(config.cells(), config.parameters(), optimizer.stride());
        outputs = loss.outcome().outputs();
        var widths = learner.widths(outputs);
        width = widths[0];
        dense = (int) Network.parameters(widths);
        behind = Cells.behind(config.bits());
        first = behind * width;
        features = 1 << config.bits();
        seed = Uniform.seed(learner.begin());
        init = learner.start();
        clip = (float) config.optimizer().clip().orElse(Float.MAX_VALUE);
        // The last row is for predictions that nobody learns from.
        network = new Network(kernel.dense(), widths, learner.neurons(), learner.examples() + 1);
        pending = new Pending(learner.examples());
        left = new boolean[learner.examples()];
        margins = new float[outputs];
        prediction = new float[outputs];
        gradients = new float[outputs];
        numbers = new int[dense];
        slopes = new float[dense];
        for (var k = 0; k < dense; k++) {
            numbers[k] = first + k;
        }
        begin();
    }

    /// Gives the layers what they begin with.
    private void begin() {
        network.begin(Cells.mix64(seed), slopes);
        for (var k = 0; k < dense; k++) {
            if (slopes[k] != 0) {
                optimizer.begin(cells.data, (first + k) * cells.each, slopes[k], 1);
            }
        }
        cells.changeFrom(behind);
        loaded = -1;
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public void predict(Entries row, float[] into) {
        refresh();
        var at = left.length;
        embed(row, at);
        network.forward(at, at + 1);
        predict(at, into);
    }

    private void embed(Entries row, int at) {
        Embeddings.sum(cells.data, cells.each, width, row, network.input(), at * network.inputStride());
    }

    private void predict(int at, float[] into) {
        System.arraycopy(network.margins(), at * network.marginStride(), margins, 0, outputs);
        loss.predict(margins, into);
    }

    /// Takes the cells over where they came from outside; the rows that wait go forward again.
    private void refresh() {
        if (loaded != cells.rewrites()) {
            load();
            var rows = pending.rows;
            forward(0, rows);
            for (var r = 0; r < rows; r++) {
                weigh(r);
            }
        }
    }

    private void load() {
        network.load(cells.data, first * cells.each, cells.each);
        loaded = cells.rewrites();
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
            forward(from, pending.rows);
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

    private void forward(int from, int to) {
        for (var r = from; r < to; r++) {
            var begin = pending.begin(r);
            embed(entries.of(pending.indices, begin, pending.x, begin, pending.ends[r] - begin), r);
        }
        network.forward(from, to);
    }

    /// The slopes of the loss by the margins of a row, or that it is left out.
    private void weigh(int r) {
        var at = r * network.marginStride();
        left[r] = !slopes(r);
        for (var k = 0; k < outputs; k++) {
            network.marginSlopes()[at + k] = left[r] ? 0 : gradients[k];
        }
    }

    private boolean slopes(int r) {
        if (!loss.accepts(pending.labels[r])) {
            return false;
        }
        System.arraycopy(network.margins(), r * network.marginStride(), margins, 0, outputs);
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
        var learned = backward();
        cells.change(pending.indices, pending.entries());
        cells.changeFrom(behind);
        step.t = t;
        step.weight = 1;
        var n = dense + slots.size() * width;
        step.entries.of(numbers, 0, slopes, 0, n);
        var fresh = beginFeatures();
        pending.clear();
        if (learned == 0) {
            return 0;
        }
        if (optimizer.step(kernel, cells.data, step, Softmax.STRAIGHT, 1)) {
            load();
            return 0;
        }
        for (var k = 0; k < fresh; k++) {
            var from = begun[k] * cells.stride;
            Arrays.fill(cells.data, from, from + cells.stride, 0);
        }
        return learned;
    }

    /// Lays out all that a step moves: the mean slopes of layers and embeddings.
    ///
    /// @return examples that are not left out
    private int backward() {
        var rows = pending.rows;
        var last = network.marginSlopes();
        for (var k = 0; k < rows * network.marginStride(); k++) {
            last[k] /= rows;
        }
        network.backward(rows, slopes);
        makeRoom();
        slots.clear(pending.entries());
        var learned = 0;
        for (var r = 0; r < rows; r++) {
            if (!left[r]) {
                learned++;
                for (var j = pending.begin(r); j < pending.ends[r]; j++) {
                    addSlopes(pending.indices[j], pending.x[j], r * network.inputStride());
                }
            }
        }
        return learned;
    }

    private void makeRoom() {
        var n = dense + pending.entries() * width;
        if (numbers.length < n) {
            numbers = Arrays.copyOf(numbers, dense + 2 * pending.entries() * width);
            slopes = Arrays.copyOf(slopes, numbers.length);
            begun = new int[2 * pending.entries()];
        }
    }

    private void addSlopes(int feature, float x, int from) {
        if (x == 0) {
            return;
        }
        var known = slots.size();
        var slot = slots.of(feature);
        var at = dense + slot * width;
        if (slot == known) {
            for (var f = 0; f < width; f++) {
                numbers[at + f] = feature * width + f;
                slopes[at + f] = 0;
            }
        }
        Embeddings.add(x, network.inputSlopes(), from, width, slopes, at);
    }

    /// Gives their embeddings to features that have none.
    ///
    /// @return how many, whose cells are in [#begun]
    private int beginFeatures() {
        var fresh = 0;
        for (var slot = 0; slot < slots.size(); slot++) {
            var feature = slots.feature(slot);
            if (isEmpty(feature * cells.stride)) {
                for (var f = 0; f < width; f++) {
                    var start = Uniform.of(seed, ((long) feature << Byte.SIZE) + f) * init;
                    optimizer.begin(cells.data, (feature * width + f) * cells.each, start, step.t);
                }
                begun[fresh++] = feature;
            }
        }
        return fresh;
    }

    private boolean isEmpty(int from) {
        for (var k = from; k < from + cells.stride; k++) {
            if (cells.data[k] != 0) {
                return false;
            }
        }
        return true;
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
        optimizer.restore(state);
        pending.restore(rows, features);
        loaded = -1;
    }

    @Override
    public void reset() {
        cells.clear();
        optimizer.reset();
        pending.clear();
        begin();
    }
}
