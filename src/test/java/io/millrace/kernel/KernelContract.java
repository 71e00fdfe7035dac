package io.millrace.kernel;

import static java.lang.Float.floatToIntBits;
import static java.lang.Float.floatToRawIntBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Kernel] owes its callers, with sizes around the short rows and the sixteen sums. A new kernel is
/// tested by extending this and nothing else.
abstract class KernelContract {
    private static final int CELLS = 1 << 12;
    private static final float[] EXTREMES = {
        0, -0f, Float.MIN_VALUE, -1e-30f, 1e-19f, 1e9f, -1e15f, 1e30f, Float.MAX_VALUE / 2, -Float.MAX_VALUE, Float.NaN
    };

    private final Random random = Seed.random();

    abstract Kernel kernel();

    @Nested
    class A_dot_product {
        /// Every length of a tail, and some long rows.
        static IntStream sizes() {
            return IntStream.concat(IntStream.rangeClosed(0, 65), IntStream.of(1021, 4096));
        }

        @ParameterizedTest
        @MethodSource("sizes")
        void is_summed_in_the_order_that_is_written_down(int n) {
            var w = floats(n);
            var x = floats(n);

            var dot = kernel().dot(w, x, n);

            assertThat(floatToRawIntBits(dot)).isEqualTo(floatToRawIntBits(asWrittenDown(w, x, n)));
        }

        @ParameterizedTest
        @MethodSource("sizes")
        void has_the_same_bits_over_cells_and_over_gathered_weights(int n) {
            var stride = 3;
            var cells = floats(CELLS * stride);
            var indices = indices(n + 5);
            var x = floats(n + 9);

            var dot = kernel().dot(cells, stride, new Entries().of(indices, 5, x, 9, n));

            var w = new float[n];
            var values = new float[n];
            for (var j = 0; j < n; j++) {
                w[j] = cells[indices[5 + j] * stride];
                values[j] = x[9 + j];
            }
            assertThat(floatToRawIntBits(dot)).isEqualTo(floatToRawIntBits(kernel().dot(w, values, n)));
        }

        @Test
        void of_a_short_row_loses_what_its_order_loses() {
            var ones = new float[] {1, 1, 1};

            assertThat(kernel().dot(new float[] {1e8f, 1, -1e8f}, ones, 3)).isEqualTo(0);
            assertThat(kernel().dot(new float[] {1e8f, -1e8f, 1}, ones, 3)).isEqualTo(1);
        }

        @Test
        void rounds_a_product_and_its_sum_once() {
            var dot = kernel().dot(new float[] {-1, 1 + 0x1p-12f}, new float[] {1, 1 - 0x1p-12f}, 2);

            assertThat(dot).isEqualTo(-0x1p-24f);
        }

        private float asWrittenDown(float[] w, float[] x, int n) {
            var sums = new float[16];
            for (var j = 0; j < n; j++) {
                var to = n > 32 ? j % 16 : 0;
                sums[to] = Math.fma(w[j], x[j], sums[to]);
            }
            for (var half = 8; half > 0; half /= 2) {
                for (var k = 0; k < half; k++) {
                    sums[k] += sums[k + half];
                }
            }
            return sums[0];
        }
    }

    @Nested
    class A_scaled_addition {
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 7, 8, 33, 1021})
        void adds_each_product_rounded_once(int n) {
            var stride = 2;
            var cells = floats(CELLS * stride);
            var indices = indices(n + 3);
            var x = floats(n + 4);
            var expected = cells.clone();
            for (var j = 0; j < n; j++) {
                var at = indices[3 + j] * stride;
                expected[at] = Math.fma(-0.37f, x[4 + j], expected[at]);
            }

            var added = kernel().addScaled(cells, stride, new Entries().of(indices, 3, x, 4, n), -0.37f);

            assertThat(added).isTrue();
            assertThat(cells).isEqualTo(expected);
        }

        @Test
        void adds_both_entries_of_one_index() {
            var cells = new float[] {0, 1};

            kernel().addScaled(cells, 1, new Entries().of(new int[] {1, 1}, 0, new float[] {2, 4}, 0, 2), 0.5f);

            assertThat(cells).containsExactly(0, 4);
        }

        @ParameterizedTest
        @ValueSource(
                floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -3e38f, 2e38f})
        void that_could_leave_the_finite_numbers_changes_nothing(float scale) {
            var cells = new float[] {1, 2, 3};

            var added = kernel().addScaled(
                            cells, 1, new Entries().of(new int[] {0, 1, 2}, 0, new float[] {0, 1, 1}, 0, 3), scale);

            assertThat(added).isFalse();
            assertThat(cells).containsExactly(1, 2, 3);
        }

        @ParameterizedTest
        @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE})
        void of_a_value_that_is_too_large_changes_nothing(float value) {
            var cells = new float[] {1, 2};

            var added = kernel().addScaled(
                            cells, 1, new Entries().of(new int[] {0, 1}, 0, new float[] {1, value}, 0, 2), 1);

            assertThat(added).isFalse();
            assertThat(cells).containsExactly(1, 2);
        }

        @Test
        void goes_as_far_as_half_of_the_largest_float() {
            var cells = new float[1];

            assertThat(kernel().addScaled(cells, 1, new Entries().of(new int[1], 0, new float[] {1}, 0, 1), 1.8e38f))
                    .isFalse();
            assertThat(kernel().addScaled(cells, 1, new Entries().of(new int[1], 0, new float[] {1}, 0, 1), 1.6e38f))
                    .isTrue();
            assertThat(cells).containsExactly(1.6e38f);
        }

        @Test
        void goes_as_far_in_a_scale_whatever_it_scales() {
            var cells = new float[] {1};
            var tiny = new Entries().of(new int[2], 0, new float[] {1e-30f, 0}, 0, 2);

            assertThat(kernel().addScaled(cells, 1, tiny, 1e38f)).isFalse();
            assertThat(cells).containsExactly(1);
            assertThat(kernel().addScaled(cells, 1, tiny, 8e37f)).isTrue();
            assertThat(cells[0]).isEqualTo(Math.fma(8e37f, 1e-30f, 1));
            var none = new Entries().of(new int[1], 0, new float[1], 0, 0);
            assertThat(kernel().addScaled(cells, 1, none, Float.POSITIVE_INFINITY))
                    .isFalse();
        }

        @Test
        void is_taken_back_whole_where_an_index_occurs_twice() {
            for (var last : new float[] {1e38f, Float.NaN, 1e31f}) {
                var cells = new float[] {1, 2};
                var x = new float[] {1e-3f, 3, last};

                var added = kernel().addScaled(cells, 1, new Entries().of(new int[] {0, 0, 1}, 0, x, 0, 3), 1);

                assertThat(added).isEqualTo(last == 1e31f);
                assertThat(cells).containsExactly(added ? 3 + (1 + 1e-3f) : 1, added ? 1e31f : 2);
            }
        }

        @Test
        void counts_that_every_entry_may_share_one_index() {
            var cells = new float[1];
            var x = new float[] {1e38f, 1e38f, 1e38f, 1e38f};

            var added = kernel().addScaled(cells, 1, new Entries().of(new int[4], 0, x, 0, 4), 1);

            assertThat(added).isFalse();
            assertThat(cells).containsExactly(0);
        }

        @Test
        void never_makes_a_weight_that_is_not_finite() {
            for (var trial = 0; trial < 100_000; trial++) {
                var cells = new float[4];
                var x = new float[8];
                for (var k = 0; k < 4; k++) {
                    cells[k] = huge(Float.MAX_VALUE / 2);
                }
                for (var j = 0; j < 8; j++) {
                    x[j] = huge(Float.MAX_VALUE);
                }
                var indices = random.ints(8, 0, 4).toArray();

                kernel().addScaled(cells, 1, new Entries().of(indices, 0, x, 0, 8), huge(8));

                for (var weight : cells) {
                    assertThat(Float.isFinite(weight)).isTrue();
                }
            }
        }

        private float huge(float most) {
            return (float) ((2 * random.nextDouble() - 1) * most * Math.exp(-2 * random.nextDouble()));
        }
    }

    @Nested
    class Every_method {
        private final float[] cells = floats(CELLS * 3);
        private final float[] same = new float[cells.length];
        private float[] x = {};
        private int[] indices = {};

        /// Of every length, from anywhere, with an index twice here and there, and values up to the largest.
        private Entries[] row(int n) {
            indices =
                    random.ints(n + 5, 0, random.nextBoolean() ? CELLS : n + 1).toArray();
            return rows(n);
        }

        /// Of distinct indices: some that follow one another, then runs.
        private Entries[] row(int together, int run, int runs) {
            var n = together + run * runs;
            indices = new int[n + 5];
            var first = random.nextInt(CELLS - n);
            var places = IntStream.range(0, runs).boxed().collect(Collectors.toCollection(ArrayList::new));
            Collections.shuffle(places, random);
            for (var j = 0; j < n; j++) {
                var behind = j - together;
                indices[5 + j] = first + (behind < 0 ? j : together + places.get(behind / run) * run + behind % run);
            }
            var rows = rows(n);
            for (var row : rows) {
                row.distinct(together, run);
            }
            return rows;
        }

        private Entries[] rows(int n) {
            x = floats(n + 9);
            for (var k = random.nextInt(3); k > 0; k--) {
                x[random.nextInt(x.length)] = EXTREMES[random.nextInt(EXTREMES.length)];
                cells[random.nextInt(cells.length)] = EXTREMES[random.nextInt(EXTREMES.length)];
            }
            return new Entries[] {new Entries().of(indices, 5, x, 9, n), new Entries().of(indices, 5, x, 9, n)};
        }

        private float number() {
            return random.nextInt(8) == 0
                    ? EXTREMES[random.nextInt(EXTREMES.length)]
                    : (float) Math.abs(random.nextGaussian());
        }

        private void assertSame(Function<Kernel, Consumer<Entries>> method, Entries[] rows) {
            var before = cells.clone();
            method.apply(Kernel.scalar()).accept(rows[0]);
            System.arraycopy(cells, 0, same, 0, cells.length);
            System.arraycopy(before, 0, cells, 0, cells.length);

            method.apply(kernel()).accept(rows[1]);

            assertThat(Arrays.mismatch(ints(cells), ints(same))).isEqualTo(-1);
            System.arraycopy(floats(cells.length), 0, cells, 0, cells.length);
        }

        private static int[] ints(float[] floats) {
            var bits = new int[floats.length];
            for (var k = 0; k < bits.length; k++) {
                bits[k] = floatToIntBits(floats[k]);
            }
            return bits;
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        void gives_the_bits_of_the_scalar_kernel(int stride) {
            for (var n = 0; n <= 100; n++) {
                var size = n;
                check(stride, () -> row(size));
            }
        }

        /// Around registers, and around what is computed at a time.
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        void gives_the_bits_of_the_scalar_kernel_where_entries_are_distinct(int stride) {
            for (var trial = 0; trial < 40; trial++) {
                var isLong = trial % 8 == 7;
                var together = isLong ? 2_000 + random.nextInt(200) : random.nextInt(100);
                var run = 1 + random.nextInt(trial % 2 == 0 ? 20 : 70);
                var runs = random.nextInt(1 + (isLong ? 1_000 : 100) / run);
                check(stride, () -> row(together, run, runs));
            }
        }

        /// Around the least that is not 0, by halves.
        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void a_moment_that_has_faded_is_0(boolean isDistinct) {
            var n = 100;
            var numbers = IntStream.range(0, n).toArray();
            var row = new Entries().of(numbers, 0, new float[n], 0, n);
            if (isDistinct) {
                row.distinct(n, 1);
            }
            var moments = new float[n];
            for (var j = 0; j < n; j++) {
                moments[j] = (j % 2 == 0 ? 1 : -1) * (1 + random.nextFloat()) * (float) Math.scalb(1.0, -115 - j % 12);
            }
            var ofMomentum = new float[2 * n];
            var ofAdam = new float[3 * n];
            for (var j = 0; j < n; j++) {
                ofMomentum[2 * j + 1] = moments[j];
                ofAdam[3 * j + 1] = moments[j];
                ofAdam[3 * j + 2] = Math.abs(moments[j]);
            }

            kernel().momentum(ofMomentum, row, 1, 0.5f, false);
            kernel().adam(ofAdam, row, 1, 1, 0.5f, 0.5f, 1);

            for (var j = 0; j < n; j++) {
                var left = Math.abs(moments[j]) / 2 < 0x1p-120f ? 0 : moments[j] / 2;
                assertThat(ofMomentum[2 * j + 1]).isEqualTo(left);
                assertThat(ofMomentum[2 * j]).isEqualTo(left);
                assertThat(ofAdam[3 * j + 1]).isEqualTo(left);
                assertThat(ofAdam[3 * j + 2]).isEqualTo(Math.abs(left));
            }
        }

        private void check(int stride, Supplier<Entries[]> rows) {
            float a = number();
            float b = number();
            float c = number();
            float d = number();
            var sums = new double[2];
            var results = new ArrayList<Object>();
            assertSame(kernel -> row -> results.add(floatToIntBits(kernel.dot(cells, stride, row))), rows.get());
            assertSame(kernel -> row -> results.add(kernel.addScaled(cells, stride, row, a - b)), rows.get());
            assertSame(kernel -> row -> results.add(kernel.bounded(row, a - b)), rows.get());
            assertSame(kernel -> row -> kernel.shrink(cells, stride, row, a, b), rows.get());
            assertSame(kernel -> row -> kernel.momentum(cells, row, a - b, c, stride == 2), rows.get());
            assertSame(kernel -> row -> kernel.adaptive(cells, row, a - b, c, 1, 1, d, 0, 0), rows.get());
            assertSame(kernel -> row -> kernel.adaptive(cells, row, a - b, c, 0.9f, 0.1f, 0, a, d), rows.get());
            assertSame(kernel -> row -> kernel.adam(cells, row, a - b, c, 0.9f, 0.99f, d), rows.get());
            assertSame(kernel -> row -> kernel.ftrl(cells, row, a - b, c, d, a, b), rows.get());
            assertSame(
                    kernel -> row -> {
                        kernel.normalize(cells, row, a * a, sums);
                        results.add(List.of(sums[0], sums[1]));
                    },
                    rows.get());
            assertSame(kernel -> row -> kernel.addNormalized(cells, row, a - b), rows.get());

            for (var k = 0; k < results.size(); k += 2) {
                assertThat(results.get(k + 1)).as("result %d", k).isEqualTo(results.get(k));
            }
        }
    }

    private float[] floats(int n) {
        var floats = new float[n];
        for (var j = 0; j < n; j++) {
            floats[j] = (float) random.nextGaussian();
        }
        return floats;
    }

    private int[] indices(int n) {
        return random.ints(n, 0, CELLS).toArray();
    }
}
