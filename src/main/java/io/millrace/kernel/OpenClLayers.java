package io.millrace.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// A multilayer perceptron on a device: embeddings, dense layers, slopes and steps of a mini-batch. The parameters stay
/// there; the host writes the rows of a mini-batch and reads their margins, and reads parameters when it asks for them.
///
/// - **Shape**: cells as the host has them, so that they are copied as they are. Rows of activations lie
///   [Dense#padded] floats apart; what pads is 0.
/// - **Order of the sums**: that of [ScalarDense] and [Embeddings], whatever the device: each sum is one item's. So a
///   device gives the same bits again after any restart, and where its division and root are exact, those of the host.
///   Others may be off by 2.5 units in the last place a division (OpenCL 1.2, section 7.4).
/// - **Source**: `kernels/layers.cl`.
public final class OpenClLayers extends OpenClCells {
    private static final String PROGRAM = "/kernels/layers.cl";

    /// @param widths of an embedding, of each layer's outputs, the last the margins
    /// @param rows most that are held at a time
    /// @param floats of all cells
    /// @param each floats from one parameter to the next
    /// @param first number of the first dense parameter
    /// @param seed of the embeddings, which begin within ± `init`
    public record Shape(
            List<Integer> widths,
            Activation activation,
            int rows,
            int floats,
            int each,
            int first,
            long seed,
            float init) {
        int columns(int l) {
            return Dense.padded(widths.get(l));
        }

        int layers() {
            return widths.size() - 1;
        }
    }

    private final Shape shape;
    private final int layers;
    private final int[] begins;

    private final OpenClArray[] sums;
    private final OpenClArray[] outputs;
    private final OpenClArray[] dy;
    private final OpenClRows batch;
    private final OpenClRows single;
    private final OpenClStep step;

    private final OpenClFunction embed;
    private final OpenClFunction product;
    private final OpenClFunction sum;
    private final OpenClFunction activate;
    private final OpenClFunction activated;

    private OpenClLayers(Shape shape, OpenCl device) {
        super(device, shape.floats);
        this.shape = shape;
        device.compile(source(), "-DACTIVATION=" + shape.activation);
        layers = shape.layers();
        begins = new int[layers + 1];
        sums = new OpenClArray[layers + 1];
        outputs = new OpenClArray[layers + 1];
        dy = new OpenClArray[layers + 1];
        for (var l = 0; l <= layers; l++) {
            var n = (shape.rows + 1) * shape.columns(l);
            sums[l] = zeros(n);
            outputs[l] = l == 0 || l == layers ? sums[l] : zeros(n);
            dy[l] = zeros(n);
            if (l < layers) {
                begins[l + 1] = begins[l] + (width(l) + 1) * shape.columns(l + 1);
            }
        }
        batch = new OpenClRows(device, shape.rows);
        single = new OpenClRows(device, 1);
        step = new OpenClStep(
                device,
                cells,
                new OpenClStep.Places(begins[layers], shape.first, width(0), width(0) * shape.each, shape.each, 1),
                shape.seed,
                shape.init);
        embed = device.function("embed");
        product = device.function("product");
        sum = device.function("sums");
        activate = device.function("activate");
        activated = device.function("slopes");
    }

    /// Name of the device that would be taken.
    ///
    /// @throws DeviceException if there is none
    public static String find() {
        return OpenCl.find();
    }

    /// Name of the device that would be taken for cells of so many bytes.
    ///
    /// @throws DeviceException if there is none, or it has too little memory
    public static String check(long bytes) {
        return OpenCl.check(bytes);
    }

    /// Whether the device that [#find] names rounds division and root as the CPU does.
    ///
    /// @throws DeviceException if there is none
    static boolean isExact() {
        return OpenCl.isExact();
    }

    /// On the device that [#find] names.
    ///
    /// @throws DeviceException if there is none, or it has too little memory
    public static OpenClLayers open(Shape shape) {
        return open(device -> new OpenClLayers(shape, device));
    }

    static String source() {
        try (InputStream bytes = OpenClLayers.class.getResourceAsStream(PROGRAM)) {
            return new String(Objects.requireNonNull(bytes, PROGRAM).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int width(int l) {
        return shape.widths.get(l);
    }

    private OpenClArray zeros(int n) {
        var array = device.array(n);
        array.clear();
        return array;
    }

    /// The margins of the rows `from` to `to` of a mini-batch.
    ///
    /// @param ends row `r` has the entries `ends[r - 1]` to `ends[r]`, the first from 0
    /// @param margins becomes them, row `r` from `r * marginStride()` on
    public void forward(int from, int to, int[] ends, int[] indices, float[] x, float[] margins) {
        batch.write(ends, to, indices, x);
        forward(batch, from, to, from);
        read(from, to, margins);
    }

    /// The margins of one row, which become row `shape.rows`; no step knows it.
    public void forward(Entries row, float[] margins) {
        single.write(row);
        forward(single, 0, 1, shape.rows);
        read(shape.rows, shape.rows + 1, margins);
    }

    public int marginStride() {
        return shape.columns(layers);
    }

    private void read(int from, int to, float[] margins) {
        sums[layers].read(margins, from * marginStride(), (to - from) * marginStride());
    }

    private void forward(OpenClRows rows, int from, int to, int at) {
        var width = width(0);
        var n = to - from;
        embed.with(cells)
                .with(width * shape.each)
                .with(shape.each)
                .with(width)
                .with(rows.ends)
                .with(rows.indices)
                .with(rows.x)
                .with(from)
                .with(to)
                .with(outputs[0])
                .with(at * shape.columns(0))
                .with(shape.columns(0))
                .run(n * width);
        for (var l = 0; l < layers; l++) {
            var next = shape.columns(l + 1);
            var weights = parameter(l);
            product(n, width(l + 1), width(l))
                    .with(outputs[l])
                    .with(at * shape.columns(l))
                    .with(shape.columns(l))
                    .with(1)
                    .with(cells)
                    .with(weights)
                    .with(next * shape.each)
                    .with(shape.each)
                    .with(1)
                    .with(weights + width(l) * next * shape.each)
                    .with(shape.each)
                    .with(sums[l + 1])
                    .with(at * next)
                    .with(next)
                    .run(width(l + 1), n);
            if (l < layers - 1) {
                activate.with(sums[l + 1])
                        .with(outputs[l + 1])
                        .with(at * next)
                        .with(n * next)
                        .run(n * next);
            }
        }
    }

    /// Where the first parameter of a layer stands.
    private int parameter(int l) {
        return (shape.first + begins[l]) * shape.each;
    }

    private OpenClFunction product(int rows, int columns, int depth) {
        return product.with(rows).with(columns).with(depth);
    }

    /// Slopes of the loss by all parameters that the first rows name, and the step that they are for.
    ///
    /// @param marginSlopes those by the margins, as they lie
    /// @param n features of the rows, whose entries number `begin[s]` to `begin[s + 1]` are of feature
    ///     `named[s]`, in the row `ofRow` and of the value `ofX`
    public DeviceStep backward(
            int rows, float[] marginSlopes, int n, int[] named, int[] begin, int[] ofRow, float[] ofX) {
        dy[layers].write(marginSlopes, 0, rows * marginStride());
        step.features(n, named, begin, ofRow, ofX);
        for (var l = layers - 1; l >= 0; l--) {
            var next = shape.columns(l + 1);
            product(width(l), width(l + 1), rows)
                    .with(outputs[l])
                    .with(0)
                    .with(1)
                    .with(shape.columns(l))
                    .with(dy[l + 1])
                    .with(0)
                    .with(next)
                    .with(1)
                    .with(0)
                    .with(0)
                    .with(0)
                    .with(step.slopes())
                    .with(begins[l])
                    .with(next)
                    .run(width(l + 1), width(l));
            sum.with(rows)
                    .with(width(l + 1))
                    .with(dy[l + 1])
                    .with(next)
                    .with(step.slopes())
                    .with(begins[l] + width(l) * next)
                    .run(width(l + 1));
            product(rows, width(l), width(l + 1))
                    .with(dy[l + 1])
                    .with(0)
                    .with(next)
                    .with(1)
                    .with(cells)
                    .with(parameter(l))
                    .with(shape.each)
                    .with(next * shape.each)
                    .with(0)
                    .with(0)
                    .with(0)
                    .with(dy[l])
                    .with(0)
                    .with(shape.columns(l))
                    .run(width(l), rows);
            if (l > 0) {
                activated
                        .with(sums[l])
                        .with(outputs[l])
                        .with(dy[l])
                        .with(rows * shape.columns(l))
                        .run(rows * shape.columns(l));
            }
        }
        step.spread(dy[0], 0, shape.columns(0), 0);
        return step;
    }
}
