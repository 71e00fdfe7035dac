package io.millrace.learn;

import io.millrace.kernel.Dense;
import io.millrace.kernel.Entries;
import io.millrace.kernel.OpenClLayers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Layers on a device, where the parameters stay: [Cells] have them only when [#store] was called. The loss stays on
/// the host, so that there is one of each.
final class DeviceLayers implements Layers {
    private final Cells cells;
    private final Optimizer.OnDevice optimizer;
    private final OpenClLayers.Shape shape;
    private final float[] margins;
    private final float[] marginSlopes;
    private final int marginStride;

    private final Slots slots = new Slots();
    private int[] features = {};
    /// Entry `o` of a mini-batch, feature by feature: its row and value; those of slot `s` end before `starts[s + 1]`.
    private int[] starts = {};

    private int[] rows = {};
    private float[] x = {};
    private int[] slotOf = {};

    private @Nullable OpenClLayers device;

    DeviceLayers(Parts parts) {
        cells = parts.cells();
        optimizer = (Optimizer.OnDevice) parts.optimizer();
        shape = new OpenClLayers.Shape(
                Arrays.stream(parts.widths()).boxed().toList(),
                parts.learner().neurons(),
                parts.rows(),
                cells.data.length,
                cells.each,
                parts.first(),
                parts.seed(),
                parts.learner().start());
        marginStride = Dense.padded(parts.config().outcome().outputs());
        margins = new float[(parts.rows() + 1) * marginStride];
        marginSlopes = new float[margins.length];
    }

    /// @throws DeviceException if there is none, or it has too little memory
    @Override
    public void load() {
        if (device == null) {
            device = OpenClLayers.open(shape);
        }
        device.load(cells.data);
        for (var page = 0; page < cells.pages(); page++) {
            cells.seen(page, Cells.DEVICE);
        }
    }

    private OpenClLayers device() {
        if (device == null) {
            throw new IllegalStateException("nothing was loaded");
        }
        return device;
    }

    @Override
    public void store() {
        if (device == null) {
            return;
        }
        var floats = cells.page() * cells.stride;
        for (var page = 0; page < cells.pages(); page++) {
            if (cells.changed(page, Cells.DEVICE)) {
                device.store(cells.data, page * floats, floats);
                cells.seen(page, Cells.DEVICE);
            }
        }
    }

    @Override
    public void forward(Pending pending, int from, int to) {
        if (from < to) {
            device().forward(from, to, pending.ends, pending.indices, pending.x, margins);
        }
    }

    @Override
    public void forward(Entries row) {
        device().forward(row, margins);
    }

    @Override
    public float[] margins() {
        return margins;
    }

    @Override
    public int marginStride() {
        return marginStride;
    }

    @Override
    public float[] marginSlopes() {
        return marginSlopes;
    }

    @Override
    public boolean step(Pending pending, boolean[] left, long t) {
        sort(pending, left);
        var device = device();
        device.backward(pending.rows, marginSlopes, slots.size(), features, starts, rows, x);
        optimizer.begin(device, t);
        if (optimizer.step(device, t)) {
            return true;
        }
        device.forget();
        return false;
    }

    /// Sorts the entries by their features, in the order in which these come; those of one stay in theirs.
    private void sort(Pending pending, boolean[] left) {
        var n = pending.entries();
        makeRoom(n);
        slots.clear(n);
        Arrays.fill(starts, 0, n + 2, 0);
        for (var r = 0; r < pending.rows; r++) {
            for (var j = pending.begin(r); j < pending.ends[r]; j++) {
                slotOf[j] = left[r] || pending.x[j] == 0 ? -1 : slots.of(pending.indices[j]);
                if (slotOf[j] >= 0) {
                    features[slotOf[j]] = pending.indices[j];
                    starts[slotOf[j] + 2]++;
                }
            }
        }
        for (var s = 2; s <= slots.size() + 1; s++) {
            starts[s] += starts[s - 1];
        }
        // where slot s goes on stands one behind where it begins: when all are placed, that is where the next begins
        for (var r = 0; r < pending.rows; r++) {
            for (var j = pending.begin(r); j < pending.ends[r]; j++) {
                if (slotOf[j] >= 0) {
                    var at = starts[slotOf[j] + 1]++;
                    rows[at] = r;
                    x[at] = pending.x[j];
                }
            }
        }
    }

    private void makeRoom(int n) {
        if (slotOf.length < n || starts.length == 0) {
            slotOf = new int[2 * n];
            features = new int[2 * n];
            starts = new int[2 * n + 2];
            rows = new int[2 * n];
            x = new float[2 * n];
        }
    }

    @Override
    public String kernel() {
        return "opencl";
    }

    @Override
    public String deviceName() {
        return device == null ? OpenClLayers.find() : device.device();
    }

    @Override
    public void close() {
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
