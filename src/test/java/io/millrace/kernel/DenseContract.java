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

    private final int rows = 1 + RANDOM.nextInt(70);
    private final int depth = 1 + RANDOM.nextInt(70);
    private final int used = 1 + RANDOM.nextInt(140);
    private final int columns = Dense.padded(used);
    /// Rows of all panels.
    private final int high = Dense.panels(rows) * Dense.PANEL;

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
        var packed = new float[Dense.floats(used, depth)];
        dense().pack(w, 0, 1, depth, used, packed);
        return packed;
    }

    /// Panels of `n` rows, with anything where there is none.
    private float[] panels(int n, int neurons) {
        return floats(Dense.floats(n, neurons));
    }

    @RepeatedTest(40)
    void a_layer_adds_one_product_after_the_other_to_the_bias() {
        var w = weights();
        var x = panels(rows, depth);
        var bias = floats(columns);
        var y = panels(rows, used);

        dense().layer(0, rows, depth, used, x, packed(w), bias, y);

        for (var r = 0; r < rows; r++) {
            for (var c = 0; c < used; c++) {
                var sum = bias[c];
                for (var k = 0; k < depth; k++) {
                    sum = Math.fma(x[Dense.at(r, k, depth)], w[k * columns + c], sum);
                }
                assertThat(floatToIntBits(y[Dense.at(r, c, used)]))
                        .as("%d of %d x %d x %d of %d", r, rows, depth, c, used)
                        .isEqualTo(floatToIntBits(sum));
            }
        }
    }

    @RepeatedTest(20)
    void a_layer_gives_the_same_bits_whether_rows_come_at_once_or_in_pieces_or_alone() {
        var w = packed(weights());
        var x = panels(rows, depth);
        var bias = floats(columns);
        var whole = panels(rows, used);
        var pieces = panels(rows, used);
        var single = floats(7 + Dense.padded(used));

        dense().layer(0, rows, depth, used, x, w, bias, whole);
        for (int r = 0, n; r < rows; r += n) {
            n = Math.min(rows - r, 1 + RANDOM.nextInt(40));
            dense().layer(r, r + n, depth, used, x, w, bias, pieces);
        }

        for (var r = 0; r < rows; r++) {
            var line = new float[3 + depth];
            for (var k = 0; k < depth; k++) {
                line[3 + k] = x[Dense.at(r, k, depth)];
            }
            dense().row(depth, used, line, 3, w, bias, single, 7);
            for (var c = 0; c < used; c++) {
                var expected = floatToIntBits(whole[Dense.at(r, c, used)]);
                assertThat(floatToIntBits(pieces[Dense.at(r, c, used)])).isEqualTo(expected);
                assertThat(floatToIntBits(single[7 + c])).as("%d, %d", r, c).isEqualTo(expected);
            }
        }
    }

    @RepeatedTest(20)
    void slopes_go_back_one_output_after_the_other() {
        var w = weights();
        var dy = panels(rows, used);
        var dx = panels(rows, depth);

        dense().back(rows, depth, used, dy, packed(w), dx);

        for (var r = 0; r < rows; r++) {
            for (var k = 0; k < depth; k++) {
                var sum = 0f;
                for (var c = 0; c < used; c++) {
                    sum = Math.fma(dy[Dense.at(r, c, used)], w[k * columns + c], sum);
                }
                assertThat(floatToIntBits(dx[Dense.at(r, k, depth)]))
                        .as("%d of %d x %d of %d x %d", r, rows, k, depth, used)
                        .isEqualTo(floatToIntBits(sum));
            }
        }
    }

    @RepeatedTest(40)
    void slopes_of_weights_and_biases_are_summed_row_by_row() {
        var x = panels(rows, depth);
        var dy = floats(Dense.floats(used, high));
        var g = floats(4 + (depth + 1) * columns + 4);
        var expected = g.clone();

        dense().outer(rows, depth, used, x, dy, g, 4);

        for (var k = 0; k <= depth; k++) {
            for (var c = 0; c < columns; c++) {
                var sum = 0f;
                for (var r = 0; r < rows; r++) {
                    sum = Math.fma(k < depth ? x[Dense.at(r, k, depth)] : 1, dy[Dense.at(c, r, high)], sum);
                }
                expected[4 + k * columns + c] = sum;
            }
        }
        assertThat(bits(g)).as("%d x %d x %d", rows, depth, used).isEqualTo(bits(expected));
    }

    @RepeatedTest(20)
    void rows_become_columns() {
        var m = Dense.padded(rows);
        var ld = columns + 3;
        var ldt = m + RANDOM.nextInt(5);
        var from = floats(5 + m * ld);
        var into = floats(2 + columns * ldt + 1);
        var expected = into.clone();
        for (var r = 0; r < m; r++) {
            for (var c = 0; c < columns; c++) {
                expected[2 + c * ldt + r] = from[5 + r * ld + c];
            }
        }

        dense().transpose(m, columns, from, 5, ld, into, 2, ldt);

        assertThat(bits(into)).as("%d x %d", m, columns).isEqualTo(bits(expected));
    }

    @RepeatedTest(20)
    void packing_takes_every_so_manieth_float() {
        var each = 1 + RANDOM.nextInt(4);
        var w = floats(depth * columns);
        var cells = floats(7 + w.length * each);
        for (var k = 0; k < w.length; k++) {
            cells[7 + k * each] = w[k];
        }
        var packed = floats(Dense.floats(used, depth));
        var expected = packed.clone();
        for (var k = 0; k < depth; k++) {
            for (var c = 0; c < columns; c++) {
                expected[Dense.at(c, k, depth)] = w[k * columns + c];
            }
        }

        dense().pack(cells, 7, each, depth, used, packed);

        assertThat(bits(packed)).as("%d x %d", depth, used).isEqualTo(bits(expected));
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
