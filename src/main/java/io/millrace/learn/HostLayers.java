package io.millrace.learn;

import io.millrace.kernel.Embeddings;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.KernelChoice;
import java.util.Arrays;

/// Layers by a kernel of the CPU, where the cells are. A step makes one row of all parameters that it moves, the dense
/// ones first, with the slope of the loss for x.
final class HostLayers implements Layers {
    private final Kernel kernel;
    private final Optimizer optimizer;
    private final Cells cells;
    private final Network network;
    /// Floats of an embedding.
    private final int width;
    /// How many parameters the dense layers have, and the number of their first.
    private final int dense;

    private final int first;
    private final int rows;
    private final long seed;
    private final float init;

    private final Entries entries = new Entries();
    private final Slots slots = new Slots();
    private final Row moved = new Row();
    private int[] numbers;
    private float[] slopes;
    private int[] begun = {};

    HostLayers(Parts parts, Kernel kernel) {
        this.kernel = kernel;
        optimizer = parts.optimizer();
        cells = parts.cells();
        width = parts.learner().inputs();
        dense = parts.dense();
        first = parts.first();
        rows = parts.rows();
        seed = parts.seed();
        init = parts.learner().start();
        network = new Network(kernel.dense(), parts.widths(), parts.learner().neurons(), rows + 1);
        numbers = new int[dense];
        slopes = new float[dense];
        for (var k = 0; k < dense; k++) {
            numbers[k] = first + k;
        }
    }

    @Override
    public void load() {
        network.load(cells.data, first * cells.each, cells.each);
    }

    @Override
    public void store() {}

    @Override
    public void forward(Pending pending, int from, int to) {
        for (var r = from; r < to; r++) {
            var begin = pending.begin(r);
            embed(entries.of(pending.indices, begin, pending.x, begin, pending.ends[r] - begin), r);
        }
        network.forward(from, to);
    }

    @Override
    public void forward(Entries row) {
        embed(row, rows);
        network.forward(rows);
    }

    private void embed(Entries row, int at) {
        Embeddings.sum(cells.data, cells.each, width, row, network.input(), at * network.inputStride());
    }

    @Override
    public float[] margins() {
        return network.margins();
    }

    @Override
    public int marginStride() {
        return network.marginStride();
    }

    @Override
    public float[] marginSlopes() {
        return network.marginSlopes();
    }

    @Override
    public boolean step(Pending pending, boolean[] left, long t) {
        network.backward(pending.rows, slopes);
        spread(pending, left);
        moved.t = t;
        moved.weight = 1;
        moved.entries.of(numbers, 0, slopes, 0, dense + slots.size() * width).distinct(dense, width);
        var fresh = beginFeatures(t);
        if (optimizer.step(kernel, cells.data, moved, Softmax.STRAIGHT, 1)) {
            load();
            return true;
        }
        for (var k = 0; k < fresh; k++) {
            var from = begun[k] * cells.stride;
            Arrays.fill(cells.data, from, from + cells.stride, 0);
        }
        return false;
    }

    /// Lays the slopes of the embeddings out, behind those of the layers.
    private void spread(Pending pending, boolean[] left) {
        makeRoom(pending.entries());
        slots.clear(pending.entries());
        for (var r = 0; r < pending.rows; r++) {
            if (!left[r]) {
                for (var j = pending.begin(r); j < pending.ends[r]; j++) {
                    addSlopes(pending.indices[j], pending.x[j], r * network.inputStride());
                }
            }
        }
    }

    private void makeRoom(int entries) {
        if (numbers.length < dense + entries * width) {
            numbers = Arrays.copyOf(numbers, dense + 2 * entries * width);
            slopes = Arrays.copyOf(slopes, numbers.length);
            begun = new int[2 * entries];
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
    private int beginFeatures(long t) {
        var fresh = 0;
        for (var slot = 0; slot < slots.size(); slot++) {
            var feature = slots.feature(slot);
            if (isEmpty(feature * cells.stride)) {
                for (var f = 0; f < width; f++) {
                    var start = Uniform.of(seed, ((long) feature << Byte.SIZE) + f) * init;
                    optimizer.begin(cells.data, (feature * width + f) * cells.each, start, t);
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
    public String kernel() {
        return kernel.name();
    }

    @Override
    public String deviceName() {
        return KernelChoice.cpu();
    }

    @Override
    public void close() {}
}
