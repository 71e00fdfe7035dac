package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.kernel.Activation;
import io.millrace.kernel.Dense;
import io.millrace.kernel.Kernel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Dense layers against the same formulas in double, and their slopes against differences of those.
class NetworkTest {
    private static final int[] WIDTHS = {5, 37, 18, 3};
    private static final int ROWS = 43;

    private final Random random = Seed.random();
    private final float[] parameters = new float[(int) Network.parameters(WIDTHS)];

    private Network network(Dense dense, Activation activation) {
        return new Network(dense, WIDTHS, activation, ROWS);
    }

    /// A network of parameters and inputs at random, gone forward in one piece.
    private Network random(Dense dense, Activation activation) {
        var network = network(dense, activation);
        Network.begin(WIDTHS, activation, Uniform.seed(7), parameters);
        for (var l = 0; l < WIDTHS.length - 1; l++) { // biases, too
            for (var c = 0; c < WIDTHS[l + 1]; c++) {
                parameters[at(l, WIDTHS[l], c)] = random.nextFloat() - 0.5f;
            }
        }
        network.load(parameters, 0, 1);
        for (var r = 0; r < ROWS; r++) {
            for (var k = 0; k < WIDTHS[0]; k++) {
                network.input()[r * network.inputStride() + k] = (float) random.nextGaussian();
            }
        }
        return network;
    }

    /// Where the weight of an input of a layer stands, or its bias behind the last.
    private static int at(int layer, int k, int c) {
        var first = 0;
        for (var l = 0; l < layer; l++) {
            first += (WIDTHS[l] + 1) * Dense.padded(WIDTHS[l + 1]);
        }
        return first + k * Dense.padded(WIDTHS[layer + 1]) + c;
    }

    private static double f(Activation activation, double z) {
        return switch (activation) {
            case IDENTITY -> z;
            case RELU -> Math.max(0, z);
            case LEAKY_RELU -> Math.max(0.01 * z, z);
            case SIGMOID -> 1 / (1 + Math.exp(-z));
            case TANH -> Math.tanh(z);
            case GELU -> z / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z)));
        };
    }

    private static double[] margins(Activation activation, double[] parameters, double[] x) {
        var y = x;
        for (var l = 0; l < WIDTHS.length - 1; l++) {
            var z = new double[WIDTHS[l + 1]];
            for (var c = 0; c < z.length; c++) {
                z[c] = parameters[at(l, WIDTHS[l], c)];
                for (var k = 0; k < y.length; k++) {
                    z[c] += y[k] * parameters[at(l, k, c)];
                }
                z[c] = l < WIDTHS.length - 2 ? f(activation, z[c]) : z[c];
            }
            y = z;
        }
        return y;
    }

    private static double[] doubles(float[] floats, int from, int n) {
        var doubles = new double[n];
        for (var k = 0; k < n; k++) {
            doubles[k] = floats[from + k];
        }
        return doubles;
    }

    @ParameterizedTest
    @EnumSource
    void margins_are_what_the_formulas_say(Activation activation) {
        var network = random(Kernel.scalar().dense(), activation);

        network.forward(0, ROWS);

        for (var r = 0; r < ROWS; r++) {
            var x = doubles(network.input(), r * network.inputStride(), WIDTHS[0]);
            var expected = margins(activation, doubles(parameters, 0, parameters.length), x);
            for (var c = 0; c < expected.length; c++) {
                assertThat((double) network.margins()[r * network.marginStride() + c])
                        .isCloseTo(expected[c], within(2e-5 * (1 + Math.abs(expected[c]))));
            }
        }
    }

    /// ℓ = Σ over rows and margins of slope · margin; by every parameter and every input.
    @ParameterizedTest
    @EnumSource
    void slopes_are_those_of_differences(Activation activation) {
        var network = random(Kernel.scalar().dense(), activation);
        network.forward(0, ROWS);
        for (var r = 0; r < ROWS; r++) {
            for (var c = 0; c < 3; c++) {
                network.marginSlopes()[r * network.marginStride() + c] = (float) random.nextGaussian();
            }
        }
        var slopes = new float[parameters.length];

        network.backward(ROWS, slopes);

        var w = doubles(parameters, 0, parameters.length);
        for (var number = 0; number < w.length; number++) {
            var keep = w[number];
            w[number] = keep + 1e-6;
            var more = loss(network, activation, w);
            w[number] = keep - 1e-6;
            var less = loss(network, activation, w);
            w[number] = keep;
            var slope = (more - less) / 2e-6;
            assertThat((double) slopes[number])
                    .as("%d", number)
                    .isCloseTo(slope, within(1e-3 + 1e-3 * Math.abs(slope)));
        }
        var x = network.input();
        for (var k = 0; k < WIDTHS[0]; k++) {
            var at = 4 * network.inputStride() + k;
            var keep = x[at];
            x[at] = keep + 0x1p-10f;
            var more = loss(network, activation, w);
            x[at] = keep - 0x1p-10f;
            var less = loss(network, activation, w);
            x[at] = keep;
            var slope = (more - less) / 0x1p-9;
            assertThat((double) network.inputSlopes()[at])
                    .isCloseTo(slope, within(activation.isRectifier() ? 0.02 + 0.02 * Math.abs(slope) : 1e-3));
        }
    }

    private static double loss(Network network, Activation activation, double[] w) {
        var loss = 0.0;
        for (var r = 0; r < ROWS; r++) {
            var m = margins(activation, w, doubles(network.input(), r * network.inputStride(), WIDTHS[0]));
            for (var c = 0; c < m.length; c++) {
                loss += m[c] * network.marginSlopes()[r * network.marginStride() + c];
            }
        }
        return loss;
    }

    @ParameterizedTest
    @EnumSource
    void kernels_and_pieces_give_the_same_bits(Activation activation) {
        var scalar = random(Kernel.scalar().dense(), activation);
        var simd = network(Kernel.simd().dense(), activation);
        simd.load(parameters, 0, 1);
        var stride = simd.inputStride();
        var slopes = new float[parameters.length];
        var others = new float[parameters.length];

        scalar.forward(0, ROWS);
        for (var r = 0; r < ROWS; r++) {
            System.arraycopy(scalar.input(), r * stride, simd.input(), r * stride, stride);
            simd.forward(r, r + 1);
            scalar.marginSlopes()[r * scalar.marginStride()] = r - 5;
            simd.marginSlopes()[r * simd.marginStride()] = r - 5;
        }
        scalar.backward(ROWS, slopes);
        simd.backward(ROWS, others);

        assertThat(rows(simd.margins(), simd.marginStride())).isEqualTo(rows(scalar.margins(), scalar.marginStride()));
        assertThat(others).isEqualTo(slopes);
        assertThat(rows(simd.inputSlopes(), simd.inputStride()))
                .isEqualTo(rows(scalar.inputSlopes(), scalar.inputStride()));
    }

    private static float[] rows(float[] floats, int stride) {
        return Arrays.copyOf(floats, ROWS * stride);
    }

    @ParameterizedTest
    @EnumSource
    void a_row_alone_has_the_margins_that_it_has_among_others(Activation activation) {
        var network = random(Kernel.simd().dense(), activation);
        network.forward(0, ROWS);
        var margins = network.margins().clone();

        for (var r = 0; r < ROWS; r++) {
            network.forward(r);
        }

        assertThat(network.margins()).isEqualTo(margins);
    }

    @Test
    void weights_begin_with_the_variance_of_he_or_glorot_and_biases_and_what_pads_with_0() {
        int[] widths = {100, 200, 10};
        var begun = new float[(int) Network.parameters(widths)];

        Network.begin(widths, Activation.RELU, Uniform.seed(1), begun);
        var he = variance(begun, 100, 200, 0);
        var last = variance(begun, 200, 10, 101 * 208);
        Network.begin(widths, Activation.TANH, Uniform.seed(1), begun);
        var glorot = variance(begun, 100, 200, 0);

        assertThat(he).isCloseTo(2.0 / 100, within(0.0005));
        assertThat(last).isCloseTo(2.0 / 210, within(0.0005));
        assertThat(glorot).isCloseTo(2.0 / 300, within(0.0002));
    }

    private static double variance(float[] begun, int in, int out, int first) {
        var sum = 0.0;
        for (var k = 0; k <= in; k++) {
            for (var c = 0; c < Dense.padded(out); c++) {
                double w = begun[first + k * Dense.padded(out) + c];
                assertThat(w == 0).isEqualTo(k == in || c >= out);
                sum += w * w;
            }
        }
        return sum / in / out;
    }

    @Test
    void what_weights_begin_with_is_a_function_of_the_seed() {
        var first = parameters.clone();
        var again = parameters.clone();
        var other = parameters.clone();

        Network.begin(WIDTHS, Activation.RELU, Uniform.seed(1), first);
        Network.begin(WIDTHS, Activation.RELU, Uniform.seed(1), again);
        Network.begin(WIDTHS, Activation.RELU, Uniform.seed(2), other);

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }
}
