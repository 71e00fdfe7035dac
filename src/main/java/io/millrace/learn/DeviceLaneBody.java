package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.OpenClLanes;
import java.util.List;

/// Lanes on a device, where the weights stay: [Cells] have them only when [#store] was called.
final class DeviceLaneBody implements LaneBody {
    private final List<Optimizer> optimizers;
    private final DeviceCells<OpenClLanes> device;

    /// @param rows of a mini-batch
    DeviceLaneBody(Cells cells, List<Optimizer> optimizers, int rows) {
        this.optimizers = optimizers;
        device = new DeviceCells<>(
                cells,
                () -> OpenClLanes.open(cells.lanes, optimizers.getFirst().stride(), rows, cells.count * cells.stride));
    }

    @Override
    public void load() {
        device.load();
    }

    @Override
    public void store() {
        device.store();
    }

    @Override
    public void margins(Pending pending, int from, int to, float[] into) {
        if (from < to) {
            device.get().margins(from, to, pending.ends, pending.indices, pending.x, into);
        }
    }

    @Override
    public void margins(Entries row, float[] into) {
        device.get().margins(row, into);
    }

    @Override
    public void begin(float[] slopes, int n) {
        device.get().slopes(slopes, n);
    }

    @Override
    public boolean step(int lane, ByFeature named, boolean again, long t) {
        if (!again) {
            device.get().features(named.size(), named.features, named.starts, named.rows, named.x);
        }
        return ((Optimizer.OnDevice) optimizers.get(lane)).step(device.get().step(lane), t);
    }

    @Override
    public String kernel() {
        return DeviceCells.KERNEL;
    }

    @Override
    public String deviceName() {
        return device.name();
    }

    @Override
    public void close() {
        device.close();
    }
}
