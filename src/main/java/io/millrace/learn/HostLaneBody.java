package io.millrace.learn;

import io.millrace.kernel.Embeddings;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.KernelChoice;
import io.millrace.kernel.LaneStep;
import java.util.List;

/// Lanes by a kernel of the CPU, where the cells are: the definition. A lane's step is that of one model, whose cells
/// are
/// gathered, moved, and put back.
final class HostLaneBody implements LaneBody {
    private final Kernel kernel;
    private final Cells cells;
    private final List<Optimizer> optimizers;
    private final int slots;
    private final int rows;
    private final LaneStep asked;
    private final Entries entries = new Entries();
    private final Row moved = new Row();
    private float[] slopes = {};
    private int[] numbers = {};
    private float[] gathered = {};
    private float[] sums = {};

    /// @param rows of a mini-batch
    HostLaneBody(Cells cells, List<Optimizer> optimizers, int rows, Kernel kernel) {
        this.cells = cells;
        this.optimizers = optimizers;
        this.rows = rows;
        this.kernel = kernel;
        slots = optimizers.getFirst().stride();
        asked = new LaneStep(cells.lanes);
    }

    @Override
    public void load() {}

    @Override
    public void store() {}

    @Override
    public void margins(Pending pending, int from, int to, float[] into) {
        for (var r = from; r < to; r++) {
            var begin = pending.begin(r);
            margins(entries.of(pending.indices, begin, pending.x, begin, pending.ends[r] - begin), r, into);
        }
    }

    @Override
    public void margins(Entries row, float[] into) {
        margins(row, rows, into);
    }

    private void margins(Entries row, int at, float[] into) {
        kernel.lanes().margins(cells.data, slots, row, asked);
        System.arraycopy(asked.margins, 0, into, at * LaneStep.MOST, cells.lanes);
    }

    @Override
    public void begin(float[] slopes, int n) {
        this.slopes = slopes;
    }

    @Override
    public boolean step(int lane, ByFeature named, boolean again, long t) {
        makeRoom(named.size());
        for (var s = 0; s < named.size(); s++) {
            numbers[s] = s;
            sums[s] = 0;
            for (var o = named.starts[s]; o < named.starts[s + 1]; o++) {
                Embeddings.add(named.x[o], slopes, named.rows[o] * LaneStep.MOST + lane, 1, sums, s);
            }
            for (var k = 0; k < slots; k++) {
                gathered[s * slots + k] = cells.data[at(named.features[s], k, lane)];
            }
        }
        moved.t = t;
        moved.weight = 1;
        moved.entries.of(numbers, 0, sums, 0, named.size());
        if (!optimizers.get(lane).step(kernel, gathered, moved, Softmax.STRAIGHT, 1)) {
            return false;
        }
        for (var s = 0; s < named.size(); s++) {
            for (var k = 0; k < slots; k++) {
                cells.data[at(named.features[s], k, lane)] = gathered[s * slots + k];
            }
        }
        return true;
    }

    private int at(int feature, int slot, int lane) {
        return (feature * slots + slot) * cells.lanes + lane;
    }

    private void makeRoom(int n) {
        if (numbers.length < n) {
            numbers = new int[2 * n];
            sums = new float[2 * n];
            gathered = new float[2 * n * slots];
        }
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
