package io.millrace.kernel;

import static java.lang.Float.floatToIntBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every [Dense] owes its callers, with sizes around registers, tiles and panels. A new one is tested by
/// extending this and nothing else.
abstract class DenseContract {
    private static final float[] EXTREMES = {
        0,
        -0f,
        Float.MIN_VALUE,
        1e-30f,
        -1e30f,
        16,
        -16,
        87.5f,
        -87.5f,
        88.5f,
        -89,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN
    };

    /// One for all tests, so that each has sizes of its own.
    private static final Random RANDOM = Seed.random();

    private final int rows = 1 + RANDOM.nextInt(19);
    private final int depth = 1 + RANDOM.nextInt(70);
    private final int used = 1 + RANDOM.nextInt(140);
    private final int columns = Dense.padded(used);
    private final int ldx = Dense.stride(Dense.padded(depth));
    private final int ldy = Dense.stride(columns);

    abstract Dense dense();

    private float[] floats(int n) {
        var floats = new float[n];
        for (var k = 0; k < n; k++) {
            floats[k] = (float) RANDOM.nextGaussian();
        }
        return floats;
    }

    private static int[] bits(float[] floats) {
        return IntStream.range(0, floats.length)
                .map(k -> floatToIntBits(floats[k]))
                .toArray();
    }

    /// A row-major matrix of weights, 0 in the columns that are not used.
    private float[] weights() {
        var w = floats(depth * columns);
        for (var k = 0; k < depth; k++) {
            for (var c = used; c < columns; c++) {
                w[k * columns + c] = 0;
            }
        }
        return w;
    }

    private float[] packed(float[] w) {
        var packed = new float[depth * columns];
        dense().pack(w, 0, 1, depth, columns, packed);
        return packed;
    }

    @RepeatedTest(40)
    void a_layer_adds_one_product_after_the_other_to_the_bias() {
        var w = weights();
        var x = floats(rows * ldx + 3);
        var bias = floats(columns + 2);
        var y = new float[rows * ldy + 5];

        dense().layer(rows, depth, columns, x, 3, ldx, packed(w), bias, 2, y, 5, ldy);

        var expected = new float[y.length];
        for (var r = 0; r < rows; r++) {
            for (var c = 0; c < columns; c++) {
                var sum = bias[2 + c];
                for (var k = 0; k < depth; k++) {
                    sum = Math.fma(x[3 + r * ldx + k], w[k * columns + c], sum);
                }
                expected[5 + r * ldy + c] = sum;
            }
        }
        assertThat(bits(y)).as("%d x %d x %d", rows, depth, columns).isEqualTo(bits(expected));
    }

    @RepeatedTest(20)
    void a_layer_gives_the_same_bits_whether_rows_come_at_once_or_one_by_one() {
        var w = packed(weights());
        var x = floats(rows * ldx);
        var bias = floats(columns);
        var whole = new float[rows * ldy];
        var single = new float[rows * ldy];

        dense().layer(rows, depth, columns, x, 0, ldx, w, bias, 0, whole, 0, ldy);
        for (var r = 0; r < rows; r++) {
            dense().layer(1, depth, columns, x, r * ldx, ldx, w, bias, 0, single, r * ldy, ldy);
        }

        assertThat(bits(single)).isEqualTo(bits(whole));
    }

    @RepeatedTest(40)
    void slopes_of_weights_and_biases_are_summed_row_by_row() {
        var x = floats(rows * ldx);
        var dy = floats(rows * ldy);
        var g = floats(4 + (depth + 1) * columns);
        var expected = g.clone();

        dense().outer(rows, depth, columns, x, ldx, dy, ldy, g, 4);

        for (var k = 0; k <= depth; k++) {
            for (var c = 0; c < columns; c++) {
                var sum = 0f;
                for (var r = 0; r < rows; r++) {
                    sum = Math.fma(k < depth ? x[r * ldx + k] : 1, dy[r * ldy + c], sum);
                }
                expected[4 + k * columns + c] = sum;
            }
        }
        assertThat(bits(g)).as("%d x %d x %d", rows, depth, columns).isEqualTo(bits(expected));
    }

    @RepeatedTest(40)
    void a_transpose_is_packed_like_any_matrix() {
        var w = weights();
        var wide = Dense.padded(depth);
        var across = new float[used * wide];
        for (var c = 0; c < used; c++) {
            for (var k = 0; k < depth; k++) {
                across[c * wide + k] = w[k * columns + c];
            }
        }
        var expected = new float[used * wide];
        dense().pack(across, 0, 1, used, wide, expected);

        var transposed = floats(used * wide);
        dense().transpose(packed(w), depth, columns, used, transposed);

        assertThat(bits(transposed)).as("%d x %d", depth, used).isEqualTo(bits(expected));
    }

    @RepeatedTest(10)
    void packing_takes_every_so_manieth_float() {
        var each = 1 + RANDOM.nextInt(3);
        var w = floats(depth * columns);
        var cells = floats(7 + w.length * each);
        for (var k = 0; k < w.length; k++) {
            cells[7 + k * each] = w[k];
        }
        var packed = new float[w.length];

        dense().pack(cells, 7, each, depth, columns, packed);

        assertThat(bits(packed)).isEqualTo(bits(packed(w)));
        for (var c = 0; c < columns; c++) {
            var first = c / Dense.PANEL * Dense.PANEL;
            var width = Math.min(Dense.PANEL, columns - first);
            for (var k = 0; k < depth; k++) {
                assertThat(packed[first * depth + k * width + c - first]).isEqualTo(w[k * columns + c]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void activations_and_their_slopes_have_the_bits_of_their_formulas(Activation f) {
        var n = 4096;
        var z = floats(n);
        var y = floats(n);
        for (var k = 0; k < n; k++) {
            z[k] *= 1 << (k & 7);
        }
        System.arraycopy(EXTREMES, 0, z, 32, EXTREMES.length);
        var dy = floats(n);
        var slopes = dy.clone();
        var all = y.clone();

        dense().activate(f, z, all, 16, n - 16);
        dense().slopes(f, z, all, slopes, 16, n - 16);

        for (var k = 16; k < n - 16; k++) {
            y[k] = f.of(z[k]);
            dy[k] *= f.slope(z[k], y[k]);
        }
        assertThat(bits(all)).isEqualTo(bits(y));
        assertThat(bits(slopes)).isEqualTo(bits(dy));
    }

    @Test
    void strides_are_no_powers_of_two() {
        assertThat(IntStream.of(16, 112, 128, 256, 512, 528).map(Dense::stride))
                .containsExactly(16, 112, 144, 272, 528, 528);
    }
}
