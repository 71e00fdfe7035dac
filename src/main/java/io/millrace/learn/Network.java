package io.millrace.learn;

import io.millrace.kernel.Activation;
import io.millrace.kernel.Dense;
import java.util.Arrays;

/// Dense layers, forward and backward: y_0 = the input, z_l = b_l + y_{l-1} W_l, y_l = f(z_l); the last z are the
/// margins.
///
/// - **Shape**: layer `l` has `widths[l]` inputs and `widths[l + 1]` outputs. Its parameters are its rows of weights,
///   one an input, then its biases; a row is padded with zeros to a multiple of [Dense#PAD] floats, so that a step
///   goes over all layers as over one array. What pads has slopes of 0 and stays 0.
/// - **Order of the sums**: that of [Dense]. Rows may come in any pieces.
/// - **Beginning**: weights uniform within ± √(6 / inputs) behind which a rectifier is, which is He's variance 2 /
///   inputs, else ± √(6 / (inputs + outputs)); by seed and number of the weight alone. Biases are 0.
/// - **Source**: Rumelhart, Hinton and Williams, *Learning Representations by Back-propagating Errors*, Nature 323,
///   1986; He et al., *Delving Deep into Rectifiers*, ICCV 2015, equation 10; Glorot and Bengio, *Understanding the
///   Difficulty of Training Deep Feedforward Neural Networks*, AISTATS 2010, equation 16.
final class Network {
    private final Dense dense;
    private final Activation activation;
    private final int[] widths;
    private final int layers;
    /// What every layer's parameters begin at.
    private final int[] first;

    private final float[][] weights;
    private final float[][] biases;
    /// z and y of all rows, layer by layer, and dℓ/dz, as [Dense] has them; those of the input are y and dℓ/dy.
    private final float[][] sums;

    private final float[][] outputs;
    private final float[][] slopes;
    /// dℓ/dz of one layer, across: in panels of its neurons.
    private final float[] across;
    /// What stands row by row: the input, the margins, and the slopes by both.
    private final float[] input;

    private final float[] margins;
    private final float[] marginSlopes;
    private final float[] inputSlopes;
    private final int inputStride;
    private final int marginStride;
    /// y of a row that goes forward alone, and of the layer behind.
    private float[] line;

    private float[] next;

    /// @param widths inputs, the outputs of each layer, the last the margins
    /// @param rows most that are held at a time
    Network(Dense dense, int[] widths, Activation activation, int rows) {
        this.dense = dense;
        this.activation = activation;
        this.widths = widths.clone();
        layers = widths.length - 1;
        first = new int[layers + 1];
        weights = new float[layers][];
        biases = new float[layers][];
        sums = new float[layers + 1][];
        outputs = new float[layers + 1][];
        slopes = new float[layers + 1][];
        var widest = 0;
        for (var l = 0; l <= layers; l++) {
            widest = Math.max(widest, widths[l]);
            var floats = Dense.floats(rows, widths[l]);
            sums[l] = new float[l == 0 ? 0 : floats];
            outputs[l] = l == layers ? sums[l] : new float[floats];
            slopes[l] = new float[floats];
            if (l < layers) {
                first[l + 1] = first[l] + (widths[l] + 1) * columns(l + 1);
                weights[l] = new float[Dense.floats(widths[l + 1], widths[l])];
                biases[l] = new float[columns(l + 1)];
            }
        }
        var high = Dense.panels(rows) * Dense.PANEL;
        across = new float[Dense.floats(widest, high)];
        inputStride = Dense.stride(columns(0));
        marginStride = Dense.stride(columns(layers));
        input = new float[high * inputStride];
        inputSlopes = new float[high * inputStride];
        margins = new float[high * marginStride];
        marginSlopes = new float[high * marginStride];
        line = new float[Dense.padded(widest)];
        next = new float[line.length];
    }

    private int columns(int l) {
        return Dense.padded(widths[l]);
    }

    /// Floats that the parameters of such layers take.
    static long parameters(int[] widths) {
        var all = 0L;
        for (var l = 0; l < widths.length - 1; l++) {
            all += (widths[l] + 1L) * Dense.padded(widths[l + 1]);
        }
        return all;
    }

    /// Where inputs are written: row `r` from `r * inputStride()` on.
    float[] input() {
        return input;
    }

    int inputStride() {
        return inputStride;
    }

    /// Margins: row `r` from `r * marginStride()` on.
    float[] margins() {
        return margins;
    }

    int marginStride() {
        return marginStride;
    }

    /// Where dℓ/dm of each row is written before [#backward], as the margins lie; what pads them is 0.
    float[] marginSlopes() {
        return marginSlopes;
    }

    /// dℓ/dx of the input, as it lies, after [#backward].
    float[] inputSlopes() {
        return inputSlopes;
    }

    /// What the parameters of such layers begin with.
    ///
    /// @param seed any
    static void begin(int[] widths, Activation activation, long seed, float[] parameters) {
        Arrays.fill(parameters, 0);
        var first = 0;
        for (var l = 0; l < widths.length - 1; l++) {
            var in = widths[l];
            var out = widths[l + 1];
            var columns = Dense.padded(out);
            var rectifies = l < widths.length - 2 && activation.isRectifier();
            var within = (float) Math.sqrt(rectifies ? 6.0 / in : 6.0 / (in + out));
            for (var k = 0; k < in; k++) {
                for (var c = 0; c < out; c++) {
                    var number = first + k * columns + c;
                    parameters[number] = Uniform.of(seed, number) * within;
                }
            }
            first += (in + 1) * columns;
        }
    }

    /// Takes parameters over, as they lie in cells.
    ///
    /// @param at where the first is
    /// @param each floats from one to the next
    void load(float[] cells, int at, int each) {
        for (var l = 0; l < layers; l++) {
            var columns = columns(l + 1);
            dense.pack(cells, at + first[l] * each, each, widths[l], widths[l + 1], weights[l]);
            var bias = at + (first[l] + widths[l] * columns) * each;
            for (var c = 0; c < columns; c++) {
                biases[l][c] = cells[bias + c * each];
            }
        }
    }

    /// The margins of the rows `from` to `to` of the input.
    void forward(int from, int to) {
        turn(input, inputStride, outputs[0], 0, from, to);
        for (var l = 0; l < layers; l++) {
            var behind = l + 1;
            dense.layer(from, to, widths[l], widths[behind], outputs[l], weights[l], biases[l], sums[behind]);
            if (behind < layers) {
                var panel = Dense.floats(1, widths[behind]);
                var begin = from / Dense.PANEL * panel;
                var end = Dense.panels(to) * panel;
                dense.activate(activation, sums[behind], outputs[behind], begin, end);
            }
        }
        turnBack(sums[layers], layers, margins, marginStride, from, to);
    }

    /// The margins of one row of the input, which [#backward] will know nothing of.
    void forward(int row) {
        System.arraycopy(input, row * inputStride, line, 0, widths[0]);
        for (var l = 0; l < layers; l++) {
            dense.row(widths[l], widths[l + 1], line, 0, weights[l], biases[l], next, 0);
            if (l < layers - 1) {
                dense.activate(activation, next, next, 0, columns(l + 1));
            }
            var free = line;
            line = next;
            next = free;
        }
        System.arraycopy(line, 0, margins, row * marginStride, widths[layers]);
    }

    /// Whole panels of the neurons of a layer, of what stands row by row.
    private void turn(float[] rows, int stride, float[] into, int layer, int from, int to) {
        for (var p = from / Dense.PANEL; p < Dense.panels(to); p++) {
            var at = p * Dense.PANEL;
            dense.transpose(
                    Dense.PANEL,
                    columns(layer),
                    rows,
                    at * stride,
                    stride,
                    into,
                    Dense.at(at, 0, widths[layer]),
                    Dense.PANEL);
        }
    }

    private void turnBack(float[] panels, int layer, float[] into, int stride, int from, int to) {
        for (var p = from / Dense.PANEL; p < Dense.panels(to); p++) {
            var at = p * Dense.PANEL;
            dense.transpose(
                    columns(layer),
                    Dense.PANEL,
                    panels,
                    Dense.at(at, 0, widths[layer]),
                    Dense.PANEL,
                    into,
                    at * stride,
                    stride);
        }
    }

    /// Slopes of the loss by all parameters and by the input, summed over the first rows, of which each went forward
    /// with the parameters as they are.
    ///
    /// @param into becomes dℓ/dw, as the parameters lie
    void backward(int rows, float[] into) {
        turn(marginSlopes, marginStride, slopes[layers], layers, 0, rows);
        for (var l = layers - 1; l >= 0; l--) {
            var behind = l + 1;
            turnAcross(rows, behind);
            dense.outer(rows, widths[l], widths[behind], outputs[l], across, into, first[l]);
            dense.back(rows, widths[l], widths[behind], slopes[behind], weights[l], slopes[l]);
            if (l > 0) {
                dense.slopes(activation, sums[l], outputs[l], slopes[l], 0, Dense.floats(rows, widths[l]));
            }
        }
        turnBack(slopes[0], 0, inputSlopes, inputStride, 0, rows);
    }

    private void turnAcross(int rows, int layer) {
        var high = Dense.panels(rows) * Dense.PANEL;
        for (var r = 0; r < rows; r += Dense.PANEL) {
            for (var c = 0; c < widths[layer]; c += Dense.PANEL) {
                var wide = Math.min(Dense.PANEL, columns(layer) - c);
                dense.transpose(
                        wide,
                        Dense.PANEL,
                        slopes[layer],
                        Dense.at(r, c, widths[layer]),
                        Dense.PANEL,
                        across,
                        Dense.at(c, r, high),
                        Dense.PANEL);
            }
        }
    }
}
