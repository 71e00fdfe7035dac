package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.OpenClLanes;
import io.millrace.kernel.OpenClLayers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lanes on a device, where the weights stay: [Cells] have them only when [#store] was called.
final class DeviceLaneBody implements LaneBody {
    private final Cells cells;
    private final List<Optimizer> optimizers;
    private final int rows;
    private @Nullable OpenClLanes device;

    /// @param rows of a mini-batch
    DeviceLaneBody(Cells cells, List<Optimizer> optimizers, int rows) {
        this.cells = cells;
        this.optimizers = optimizers;
        this.rows = rows;
    }

    @Override
    public void load() {
        if (device == null) {
            device = OpenClLanes.open(cells.lanes, optimizers.getFirst().stride(), rows, cells.data.length);
        }
        device.load(cells.data);
        cells.onDevice();
    }

    private OpenClLanes device() {
        if (device == null) {
            throw new IllegalStateException("nothing was loaded");
        }
        return device;
    }

    @Override
    public void store() {
        if (device != null) {
            cells.fromDevice(device::store);
        }
    }

    @Override
    public void margins(Pending pending, int from, int to, float[] into) {
        if (from < to) {
            device().margins(from, to, pending.ends, pending.indices, pending.x, into);
        }
    }

    @Override
    public void margins(Entries row, float[] into) {
        device().margins(row, into);
    }

    @Override
    public void begin(float[] slopes, int n) {
        device().slopes(slopes, n);
    }

    @Override
    public boolean step(int lane, ByFeature named, boolean again, long t) {
        if (!again) {
            device().features(named.size(), named.features, named.starts, named.rows, named.x);
        }
        return ((Optimizer.OnDevice) optimizers.get(lane)).step(device().step(lane), t);
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
