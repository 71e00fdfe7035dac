package io.millrace.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
public final class OpenClLayers implements DeviceStep, AutoCloseable {
    private static final String PROGRAM = "/kernels/layers.cl";
    /// Half of the largest float, as in [ScalarKernel].
    private static final float LIMIT = Float.MAX_VALUE / 2;

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

    /// The rows of a mini-batch: as [#forward] has them.
    private record Rows(OpenClArray ends, OpenClArray indices, OpenClArray x) {}

    private final Shape shape;
    private final int layers;
    private final int[] begins;
    /// Dense parameters.
    private final int dense;

    private final OpenCl device;
    private final OpenClArray cells;
    private final OpenClArray[] sums;
    private final OpenClArray[] outputs;
    private final OpenClArray[] dy;
    private final Rows batch;
    private final Rows single;
    private final OpenClArray features;
    private final OpenClArray starts;
    private final OpenClArray rowOf;
    private final OpenClArray xOf;
    private final OpenClArray fresh;
    private final OpenClArray slopes;
    private final OpenClArray flag;
    private final int[] zero = {0};
    private final int[] end = {0};

    private final OpenClFunction embed;
    private final OpenClFunction product;
    private final OpenClFunction sum;
    private final OpenClFunction activate;
    private final OpenClFunction activated;
    private final OpenClFunction spread;
    private final OpenClFunction beginFeatures;
    private final OpenClFunction forgetFeatures;
    private final OpenClFunction boundedBy;
    private final OpenClFunction reaches;
    private final OpenClFunction addScaled;
    private final OpenClFunction shrink;
    private final OpenClFunction momentum;
    private final OpenClFunction adaptive;
    private final OpenClFunction adam;
    private final OpenClFunction ftrl;

    /// Features that the step is about.
    private int known;

    private OpenClLayers(Shape shape, OpenCl device) {
        this.shape = shape;
        this.device = device;
        device.compile(source(), "-DACTIVATION=" + shape.activation);
        layers = shape.layers();
        begins = new int[layers + 1];
        sums = new OpenClArray[layers + 1];
        outputs = new OpenClArray[layers + 1];
        dy = new OpenClArray[layers + 1];
        cells = device.array(shape.floats);
        for (var l = 0; l <= layers; l++) {
            var n = (shape.rows + 1) * shape.columns(l);
            sums[l] = zeros(n);
            outputs[l] = l == 0 || l == layers ? sums[l] : zeros(n);
            dy[l] = zeros(n);
            if (l < layers) {
                begins[l + 1] = begins[l] + (width(l) + 1) * shape.columns(l + 1);
            }
        }
        dense = begins[layers];
        batch = new Rows(device.array(shape.rows), device.array(1024), device.array(1024));
        single = new Rows(device.array(1), device.array(64), device.array(64));
        features = device.array(1024);
        starts = device.array(1025);
        rowOf = device.array(1024);
        xOf = device.array(1024);
        fresh = device.array(1024);
        slopes = zeros(dense + 1024 * width(0));
        flag = device.array(1);
        embed = device.function("embed");
        product = device.function("product");
        sum = device.function("sums");
        activate = device.function("activate");
        activated = device.function("slopes");
        spread = device.function("spread");
        beginFeatures = device.function("begin_features");
        forgetFeatures = device.function("forget_features");
        boundedBy = device.function("bounded");
        reaches = device.function("reaches");
        addScaled = device.function("add_scaled");
        shrink = device.function("shrink");
        momentum = device.function("momentum");
        adaptive = device.function("adaptive");
        adam = device.function("adam");
        ftrl = device.function("ftrl");
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
        var device = OpenCl.open();
        try {
            return new OpenClLayers(shape, device);
        } catch (RuntimeException | Error refused) {
            device.close();
            throw refused;
        }
    }

    private static String source() {
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

    public String device() {
        return device.name();
    }

    /// Takes all cells over.
    public void load(float[] from) {
        cells.write(from, 0, shape.floats);
    }

    /// Brings the floats `at` to `at + n` of the cells back.
    public void store(float[] into, int at, int n) {
        cells.read(into, at, n);
    }

    /// The margins of the rows `from` to `to` of a mini-batch.
    ///
    /// @param ends row `r` has the entries `ends[r - 1]` to `ends[r]`, the first from 0
    /// @param margins becomes them, row `r` from `r * marginStride()` on
    public void forward(int from, int to, int[] ends, int[] indices, float[] x, float[] margins) {
        write(batch, ends, to, indices, x, ends[to - 1]);
        forward(batch, from, to, from);
        read(from, to, margins);
    }

    /// The margins of one row, which become row `shape.rows`; no step knows it.
    public void forward(Entries row, float[] margins) {
        end[0] = row.n;
        var n = row.n;
        single.indices.reserve(n);
        single.x.reserve(n);
        single.ends.write(end, 1);
        single.indices.write(slice(row.indices, row.from, n), n);
        single.x.write(slice(row.x, row.offset, n), 0, n);
        forward(single, 0, 1, shape.rows);
        read(shape.rows, shape.rows + 1, margins);
    }

    private static int[] slice(int[] from, int at, int n) {
        return Arrays.copyOfRange(from, at, at + n);
    }

    private static float[] slice(float[] from, int at, int n) {
        return Arrays.copyOfRange(from, at, at + n);
    }

    private static void write(Rows rows, int[] ends, int n, int[] indices, float[] x, int entries) {
        rows.indices.reserve(entries);
        rows.x.reserve(entries);
        rows.ends.write(ends, n);
        rows.indices.write(indices, entries);
        rows.x.write(x, 0, entries);
    }

    public int marginStride() {
        return shape.columns(layers);
    }

    private void read(int from, int to, float[] margins) {
        sums[layers].read(margins, from * marginStride(), (to - from) * marginStride());
    }

    private void forward(Rows rows, int from, int to, int at) {
        var width = width(0);
        var n = to - from;
        embed.with(cells)
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

    /// Slopes of the loss by all parameters that the first rows name, for a step.
    ///
    /// @param marginSlopes those by the margins, as they lie
    /// @param n features of the rows, whose entries number `begin[s]` to `begin[s + 1]` are of feature
    ///     `named[s]`, in the
    ///     row `rowOf` and of the value `xOf`
    public void backward(int rows, float[] marginSlopes, int n, int[] named, int[] begin, int[] ofRow, float[] ofX) {
        dy[layers].write(marginSlopes, 0, rows * marginStride());
        write(n, named, begin, ofRow, ofX);
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
                    .with(slopes)
                    .with(begins[l])
                    .with(next)
                    .run(width(l + 1), width(l));
            sum.with(rows)
                    .with(width(l + 1))
                    .with(dy[l + 1])
                    .with(next)
                    .with(slopes)
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
        spread.with(starts)
                .with(rowOf)
                .with(xOf)
                .with(n)
                .with(width(0))
                .with(dy[0])
                .with(shape.columns(0))
                .with(slopes)
                .with(dense)
                .run(n * width(0));
    }

    private void write(int n, int[] named, int[] begin, int[] ofRow, float[] ofX) {
        known = n;
        var entries = begin[n];
        features.reserve(n);
        fresh.reserve(n);
        starts.reserve(n + 1);
        rowOf.reserve(entries);
        xOf.reserve(entries);
        if (slopes.reserve(dense + n * width(0))) {
            slopes.clear();
        }
        features.write(named, n);
        starts.write(begin, n + 1);
        rowOf.write(ofRow, entries);
        xOf.write(ofX, 0, entries);
    }

    @Override
    public void begin() {
        begin(0, 0, 0);
    }

    @Override
    public void begin(float divisor, float l1) {
        begin(1, divisor, l1);
    }

    private void begin(int proximal, float divisor, float l1) {
        beginFeatures
                .with(cells)
                .with(shape.each)
                .with(width(0))
                .with(features)
                .with(known)
                .with(shape.seed)
                .with(shape.init)
                .with(proximal)
                .with(divisor)
                .with(l1)
                .with(fresh)
                .run(known);
    }

    @Override
    public void forget() {
        forgetFeatures
                .with(cells)
                .with(width(0) * shape.each)
                .with(features)
                .with(known)
                .with(fresh)
                .run(known);
    }

    /// Parameters of the step.
    private int moved() {
        return dense + known * width(0);
    }

    @Override
    public boolean bounded() {
        flag.write(zero, 1);
        boundedBy.with(moved()).with(slopes).with(Kernel.MOST).with(flag).run(moved());
        return flag.first() == 0;
    }

    private OpenClFunction step(OpenClFunction function) {
        return function.with(cells)
                .with(shape.each)
                .with(dense)
                .with(shape.first)
                .with(width(0))
                .with(features)
                .with(moved())
                .with(slopes);
    }

    @Override
    public boolean addScaled(float scale) {
        flag.write(zero, 1);
        step(reaches).with(moved() * Math.abs(scale)).with(LIMIT).with(flag).run(moved());
        if (flag.first() != 0) {
            return false;
        }
        step(addScaled).with(scale).run(moved());
        return true;
    }

    @Override
    public void shrink(float l1, float l2) {
        step(shrink).with(l1).with(l2).run(moved());
    }

    @Override
    public void momentum(float scale, float mu, boolean nesterov) {
        step(momentum).with(scale).with(mu).with(nesterov ? 1 : 0).run(moved());
    }

    @Override
    public void adaptive(float rate, float keep, float take, float epsilon, float l1, float l2) {
        step(adaptive)
                .with(rate)
                .with(keep)
                .with(take)
                .with(epsilon)
                .with(l1)
                .with(l2)
                .run(moved());
    }

    @Override
    public void adam(float alpha, float beta1, float beta2, float epsilon) {
        step(adam).with(alpha).with(beta1).with(beta2).with(epsilon).run(moved());
    }

    @Override
    public void ftrl(float alpha, float beta, float l1, float l2) {
        step(ftrl).with(alpha).with(beta).with(l1).with(l2).run(moved());
    }

    @Override
    public void close() {
        device.close();
    }
}
