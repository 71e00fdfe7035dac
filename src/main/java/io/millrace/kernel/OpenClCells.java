package io.millrace.kernel;

import java.util.function.Function;

/// A learner on a device, which has its cells as the host has them, so that they are copied as they are.
public abstract sealed class OpenClCells implements AutoCloseable permits OpenClLayers, OpenClLanes {
    final OpenCl device;
    final OpenClArray cells;
    private final int floats;

    /// @param floats of all cells
    OpenClCells(OpenCl device, int floats) {
        this.device = device;
        this.floats = floats;
        cells = device.array(floats);
    }

    /// Makes one on the device that is taken, which is given back where that fails.
    ///
    /// @throws DeviceException if there is none, or it has too little memory
    static <T extends OpenClCells> T open(Function<OpenCl, T> make) {
        var device = OpenCl.open();
        try {
            return make.apply(device);
        } catch (RuntimeException | Error refused) {
            device.close();
            throw refused;
        }
    }

    /// Name of the device.
    public final String device() {
        return device.name();
    }

    /// Takes all cells over.
    public final void load(float[] from) {
        cells.write(from, 0, floats);
    }

    /// Brings the floats `at` to `at + n` of the cells back.
    public final void store(float[] into, int at, int n) {
        cells.read(into, at, n);
    }

    @Override
    public final void close() {
        device.close();
    }
}
