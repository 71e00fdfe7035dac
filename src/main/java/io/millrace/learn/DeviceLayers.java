package io.millrace.learn;

import io.millrace.kernel.Dense;
import io.millrace.kernel.Entries;
import io.millrace.kernel.OpenClLayers;
import java.util.Arrays;

/// Layers on a device, where the parameters stay: [Cells] have them only when [#store] was called. The loss stays on
/// the host, so that there is one of each.
final class DeviceLayers implements Layers {
    private final Optimizer.OnDevice optimizer;
    private final float[] margins;
    private final float[] marginSlopes;
    private final int marginStride;

    private final ByFeature named = new ByFeature();
    private final DeviceCells<OpenClLayers> device;

    DeviceLayers(Parts parts) {
        optimizer = (Optimizer.OnDevice) parts.optimizer();
        var shape = new OpenClLayers.Shape(
                Arrays.stream(parts.widths()).boxed().toList(),
                parts.learner().neurons(),
                parts.rows(),
                parts.cells().data.length,
                parts.cells().each,
                parts.first(),
                parts.seed(),
                parts.learner().start());
        device = new DeviceCells<>(parts.cells(), () -> OpenClLayers.open(shape));
        marginStride = Dense.padded(parts.config().outcome().outputs());
        margins = new float[(parts.rows() + 1) * marginStride];
        marginSlopes = new float[margins.length];
    }

    /// @throws DeviceException if there is none, or it has too little memory
    @Override
    public void load() {
        device.load();
    }

    @Override
    public void store() {
        device.store();
    }

    @Override
    public void forward(Pending pending, int from, int to) {
        if (from < to) {
            device.get().forward(from, to, pending.ends, pending.indices, pending.x, margins);
        }
    }

    @Override
    public void forward(Entries row) {
        device.get().forward(row, margins);
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
        named.sort(pending, left);
        var step = device.get()
                .backward(pending.rows, marginSlopes, named.size(), named.features, named.starts, named.rows, named.x);
        optimizer.begin(step, t);
        if (optimizer.step(step, t)) {
            return true;
        }
        step.forget();
        return false;
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
