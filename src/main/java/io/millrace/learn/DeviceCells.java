package io.millrace.learn;

import io.millrace.kernel.OpenClCells;
import io.millrace.kernel.OpenClLayers;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Cells that stay on a device, which is taken with the first of them and given back at the end: [Cells] have what it
/// has only when [#store] was called.
final class DeviceCells<D extends OpenClCells> {
    static final String KERNEL = "opencl";

    private final Cells cells;
    private final Supplier<D> open;
    private @Nullable D device;

    DeviceCells(Cells cells, Supplier<D> open) {
        this.cells = cells;
        this.open = open;
    }

    /// @throws io.millrace.kernel.DeviceException if there is none, or it has too little memory
    void load() {
        if (device == null) {
            device = open.get();
        }
        device.load(cells.data);
        cells.onDevice();
    }

    /// @throws IllegalStateException if nothing was loaded
    D get() {
        if (device == null) {
            throw new IllegalStateException("nothing was loaded");
        }
        return device;
    }

    void store() {
        if (device != null) {
            cells.fromDevice(device::store);
        }
    }

    String name() {
        return device == null ? OpenClLayers.find() : device.device();
    }

    void close() {
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
