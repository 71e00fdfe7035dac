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
    /// Floats from row to row of each layer's inputs, the last that of the margins.
    private final int[] strides;

    private final float[][] weights;
    private final float[][] transposed;
    private final float[][] biases;
    /// z and y of all rows, layer by layer, and dℓ/dz; those of the input are y and dℓ/dy.
    private final float[][] sums;

    private final float[][] outputs;
    private final float[][] slopes;
    private final float[] zeros;

    /// @param widths inputs, the outputs of each layer, the last the margins
    /// @param rows most that are held at a time
    Network(Dense dense, int[] widths, Activation activation, int rows) {
        this.dense = dense;
        this.activation = activation;
        this.widths = widths.clone();
        layers = widths.length - 1;
        first = new int[layers + 1];
        strides = new int[layers + 1];
        weights = new float[layers][];
        transposed = new float[layers][];
        biases = new float[layers][];
        sums = new float[layers + 1][];
        outputs = new float[layers + 1][];
        slopes = new float[layers + 1][];
        var widest = 0;
        for (var l = 0; l <= layers; l++) {
            var columns = columns(l);
            widest = Math.max(widest, columns);
            strides[l] = Dense.stride(columns);
            sums[l] = new float[l == 0 ? 0 : rows * strides[l]];
            outputs[l] = l == layers ? sums[l] : new float[rows * strides[l]];
            slopes[l] = new float[rows * strides[l]];
            if (l < layers) {
                first[l + 1] = first[l] + (widths[l] + 1) * columns(l + 1);
                weights[l] = new float[widths[l] * columns(l + 1)];
                transposed[l] = new float[widths[l + 1] * columns];
                biases[l] = new float[columns(l + 1)];
            }
        }
        zeros = new float[widest];
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
        return outputs[0];
    }

    int inputStride() {
        return strides[0];
    }

    /// Margins: row `r` from `r * marginStride()` on.
    float[] margins() {
        return sums[layers];
    }

    int marginStride() {
        return strides[layers];
    }

    /// Where dℓ/dm of each row is written before [#backward], as the margins lie; what pads them is 0.
    float[] marginSlopes() {
        return slopes[layers];
    }

    /// dℓ/dx of the input, as it lies, after [#backward].
    float[] inputSlopes() {
        return slopes[0];
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
            dense.pack(cells, at + first[l] * each, each, widths[l], columns, weights[l]);
            var bias = at + (first[l] + widths[l] * columns) * each;
            for (var c = 0; c < columns; c++) {
                biases[l][c] = cells[bias + c * each];
            }
        }
    }

    /// The margins of the rows `from` to `to` of the input.
    void forward(int from, int to) {
        for (var l = 0; l < layers; l++) {
            dense.layer(
                    to - from,
                    widths[l],
                    columns(l + 1),
                    outputs[l],
                    from * strides[l],
                    strides[l],
                    weights[l],
                    biases[l],
                    0,
                    sums[l + 1],
                    from * strides[l + 1],
                    strides[l + 1]);
            if (l < layers - 1) {
                var next = l + 1;
                dense.activate(activation, sums[next], outputs[next], from * strides[next], to * strides[next]);
            }
        }
    }

    /// Slopes of the loss by all parameters and by the input, summed over the first rows, of which each went forward
    /// with the parameters as they are.
    ///
    /// @param into becomes dℓ/dw, as the parameters lie
    void backward(int rows, float[] into) {
        for (var l = layers - 1; l >= 0; l--) {
            var columns = columns(l + 1);
            dense.outer(
                    rows, widths[l], columns, outputs[l], strides[l], slopes[l + 1], strides[l + 1], into, first[l]);
            dense.transpose(weights[l], widths[l], columns, widths[l + 1], transposed[l]);
            dense.layer(
                    rows,
                    widths[l + 1],
                    columns(l),
                    slopes[l + 1],
                    0,
                    strides[l + 1],
                    transposed[l],
                    zeros,
                    0,
                    slopes[l],
                    0,
                    strides[l]);
            if (l > 0) {
                dense.slopes(activation, sums[l], outputs[l], slopes[l], 0, rows * strides[l]);
            }
        }
    }
}
