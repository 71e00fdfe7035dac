package io.millrace.kernel;

/// Linear models side by side in lanes, on a device: margins, slopes and steps of a mini-batch. The weights stay
/// there, as [OpenClLayers] has it; the order of the sums is that of [LaneKernel#margins] and [Embeddings#add].
public final class OpenClLanes extends OpenClCells {
    private final int lanes;
    private final int slots;
    private final int rows;
    private final OpenClArray margins;
    private final OpenClArray slopes;
    private final OpenClRows batch;
    private final OpenClRows single;
    private final OpenClStep step;
    private final OpenClFunction embed;

    private OpenClLanes(OpenCl device, int lanes, int slots, int rows, int floats) {
        super(device, floats);
        this.lanes = lanes;
        this.slots = slots;
        this.rows = rows;
        device.compile(OpenClLayers.source(), "-DACTIVATION=" + Activation.IDENTITY);
        margins = device.array((rows + 1) * LaneStep.MOST);
        slopes = device.array(rows * LaneStep.MOST);
        batch = new OpenClRows(device, rows);
        single = new OpenClRows(device, 1);
        step = new OpenClStep(device, cells, new OpenClStep.Places(0, 0, 1, slots * lanes, 1, lanes), 0, 0);
        embed = device.function("embed");
    }

    /// On the device that [OpenClLayers#find] names.
    ///
    /// @param slots floats a weight, as [LaneStep] has them
    /// @param rows most that are held at a time
    /// @param floats of all cells
    /// @throws DeviceException if there is none, or it has too little memory
    public static OpenClLanes open(int lanes, int slots, int rows, int floats) {
        return open(device -> new OpenClLanes(device, lanes, slots, rows, floats));
    }

    /// The margins of the rows `from` to `to` of a mini-batch in all lanes.
    ///
    /// @param ends row `r` has the entries `ends[r - 1]` to `ends[r]`, the first from 0
    /// @param into becomes them, row `r` from `r * LaneStep.MOST` on
    public void margins(int from, int to, int[] ends, int[] indices, float[] x, float[] into) {
        batch.write(ends, to, indices, x);
        margins(batch, from, to, from, into);
    }

    /// The margins of one row, which become row `rows`; no step knows it.
    public void margins(Entries row, float[] into) {
        single.write(row);
        margins(single, 0, 1, rows, into);
    }

    private void margins(OpenClRows some, int from, int to, int at, float[] into) {
        embed.with(cells)
                .with(slots * lanes)
                .with(1)
                .with(lanes)
                .with(some.ends)
                .with(some.indices)
                .with(some.x)
                .with(from)
                .with(to)
                .with(margins)
                .with(at * LaneStep.MOST)
                .with(LaneStep.MOST)
                .run((to - from) * lanes);
        margins.read(into, at * LaneStep.MOST, (to - from) * LaneStep.MOST);
    }

    /// Takes the slopes of `n` rows over, by the margin of each lane, as margins lie.
    public void slopes(float[] of, int n) {
        slopes.write(of, 0, n * LaneStep.MOST);
    }

    /// Says which features the steps that follow are about: as [OpenClLayers#backward] has it.
    public void features(int n, int[] named, int[] begin, int[] ofRow, float[] ofX) {
        step.features(n, named, begin, ofRow, ofX);
    }

    /// The step of one lane.
    public DeviceStep step(int lane) {
        step.spread(slopes, lane, LaneStep.MOST, lane);
        return step;
    }
}
