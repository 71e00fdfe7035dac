package io.millrace.kernel;

import static java.lang.Float.floatToIntBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [LaneKernel] owes its callers: each lane is one model of its own, whatever stands beside it.
abstract class LaneKernelContract {
    private static final int CELLS = 1 << 8;
    private static final int MOST_SLOTS = 3;
    private static final float[] EXTREMES = {
        0, -0f, Float.MIN_VALUE, -1e-30f, 1e-19f, 1e9f, -1e15f, 1e30f, Float.MAX_VALUE / 2, -Float.MAX_VALUE, Float.NaN
    };

    private final Random random = Seed.random();
    private int[] indices = {};
    private float[] x = {};

    abstract LaneKernel kernel();

    /// Something that both kernels do: what it returns is compared, and so are cells and step.
    private interface Deed extends BiFunction<LaneKernel, float[], Object> {}

    private float number() {
        return random.nextInt(40) == 0
                ? EXTREMES[random.nextInt(EXTREMES.length)]
                : (float) Math.abs(random.nextGaussian());
    }

    private float signed() {
        return random.nextBoolean() ? number() : -number();
    }

    private float[] floats(int n) {
        var floats = new float[n];
        for (var k = 0; k < n; k++) {
            floats[k] = signed();
        }
        return floats;
    }

    private float[] positive(int n) {
        var floats = new float[n];
        for (var k = 0; k < n; k++) {
            floats[k] = random.nextInt(4) == 0 ? 0 : number();
        }
        return floats;
    }

    /// Of any place, with an index twice here and there.
    private Entries row(int n) {
        indices = random.ints(n + 5, 0, random.nextBoolean() ? CELLS : n + 1).toArray();
        x = floats(n + 9);
        return new Entries().of(indices, 5, x, 9, n);
    }

    private LaneStep step(int lanes) {
        var step = new LaneStep(lanes);
        copy(floats(LaneStep.MOST), step.margins);
        copy(floats(LaneStep.MOST), step.gradients);
        copy(positive(LaneStep.MOST), step.rates);
        copy(positive(LaneStep.MOST), step.l1);
        copy(positive(LaneStep.MOST), step.l2);
        step.active = random.nextBoolean() ? step.all() : random.nextInt() & step.all();
        return step;
    }

    private static LaneStep copy(LaneStep from) {
        var step = new LaneStep(from.lanes);
        copy(from.margins, step.margins);
        copy(from.gradients, step.gradients);
        copy(from.rates, step.rates);
        copy(from.l1, step.l1);
        copy(from.l2, step.l2);
        step.active = from.active;
        return step;
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, to.length);
    }

    private static List<Integer> bits(float[] floats, int n) {
        var bits = new ArrayList<Integer>();
        for (var k = 0; k < n; k++) {
            bits.add(floatToIntBits(floats[k]));
        }
        return bits;
    }

    /// Both do the same to the same cells.
    private void assertSame(String what, LaneStep step, BiFunction<LaneKernel, LaneStep, Deed> method) {
        var cells = floats(CELLS * MOST_SLOTS * step.lanes + LaneStep.MOST);
        for (var k = 0; k < cells.length; k += 7) {
            cells[k] *= 0x1p-120f; // moments that fade to 0, or nearly
        }
        var same = cells.clone();
        var definition = copy(step);
        var other = copy(step);

        var expected = method.apply(Kernel.scalar().lanes(), definition)
                .apply(Kernel.scalar().lanes(), cells);
        var found = method.apply(kernel(), other).apply(kernel(), same);

        var as = what + ", lanes " + step.lanes + ", active " + Integer.toBinaryString(step.active);
        assertThat(found).as(as).isEqualTo(expected);
        assertThat(Arrays.mismatch(canonical(same), canonical(cells))).as(as).isEqualTo(-1);
        assertThat(bits(other.margins, step.lanes)).as(as).isEqualTo(bits(definition.margins, step.lanes));
        assertThat(bits(other.gradients, step.lanes)).as(as).isEqualTo(bits(definition.gradients, step.lanes));
    }

    private static int[] canonical(float[] floats) {
        var bits = new int[floats.length];
        for (var k = 0; k < bits.length; k++) {
            bits[k] = floatToIntBits(floats[k]);
        }
        return bits;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16})
    void gives_the_bits_of_the_definition(int lanes) {
        for (var n = 0; n <= 80; n += n < 40 ? 1 : 9) {
            var row = row(n);
            float a = number();
            float clip = random.nextBoolean() ? Float.MAX_VALUE : 0.5f;
            float c = number();
            var slots = 1 + random.nextInt(MOST_SLOTS);
            assertSame("margins", step(lanes), (_, step) -> (kernel, cells) -> {
                kernel.margins(cells, slots, row, step);
                return "";
            });
            assertSame("logistic", step(lanes), (_, step) -> (kernel, _) -> {
                var predictions = new float[LaneStep.MOST];
                kernel.logistic(step, 1, predictions);
                return bits(predictions, lanes);
            });
            assertSame("slopes", step(lanes), (_, step) -> (kernel, _) -> kernel.slopes(step, a, clip));
            assertSame("addScaled", step(lanes), (_, step) -> (kernel, cells) -> kernel.addScaled(cells, row, step));
            assertSame("bounded", step(lanes), (_, step) -> (kernel, _) -> kernel.bounded(row, step));
            assertSame("shrink", step(lanes), (_, step) -> (kernel, cells) -> {
                kernel.shrink(cells, slots, row, step);
                return "";
            });
            assertSame("momentum", step(lanes), (_, step) -> (kernel, cells) -> {
                kernel.momentum(cells, row, step, 0.9f, slots == 1);
                return "";
            });
            assertSame("adaptive", step(lanes), (_, step) -> (kernel, cells) -> {
                kernel.adaptive(cells, row, step, 0.9f, 0.1f, slots == 1 ? 0 : c);
                return "";
            });
            assertSame("adam", step(lanes), (_, step) -> (kernel, cells) -> {
                kernel.adam(cells, row, step, 0.9f, 0.99f, slots == 1 ? 0 : c);
                return "";
            });
            assertSame("ftrl", step(lanes), (_, step) -> (kernel, cells) -> {
                kernel.ftrl(cells, row, step, slots == 1 ? 0 : c);
                return "";
            });
            var squares = positive(LaneStep.MOST);
            assertSame("normalize", step(lanes), (_, step) -> (kernel, cells) -> {
                var norms = new double[LaneStep.MOST];
                var reaches = new double[LaneStep.MOST];
                kernel.normalize(cells, row, step, squares, norms, reaches);
                return List.of(
                        Arrays.toString(Arrays.copyOf(norms, lanes)), Arrays.toString(Arrays.copyOf(reaches, lanes)));
            });
            assertSame("addNormalized", step(lanes), (_, step) -> (kernel, cells) -> {
                kernel.addNormalized(cells, row, step, squares);
                return "";
            });
        }
    }

    /// Whatever the other lanes do.
    @Test
    void moves_each_lane_like_a_model_of_its_own() {
        for (var trial = 0; trial < 600; trial++) {
            var lanes = 1 + random.nextInt(LaneStep.MOST);
            var row = row(random.nextInt(Kernel.SHORT + 1));
            var slots = 1 + random.nextInt(MOST_SLOTS);
            var cells = floats(CELLS * slots * lanes + LaneStep.MOST);
            var step = step(lanes);
            var lane = random.nextInt(lanes);
            step.active |= 1 << lane;
            var alone = new float[CELLS * slots];
            for (var k = 0; k < alone.length; k++) {
                alone[k] = cells[k * lanes + lane];
            }
            var scalar = Kernel.scalar();
            var rate = step.rates[lane];
            var gradient = step.gradients[lane];
            var scale = -rate * gradient;

            kernel().margins(cells, slots, row, step);
            assertThat(floatToIntBits(step.margins[lane])).isEqualTo(floatToIntBits(scalar.dot(alone, slots, row)));
            assertThat((kernel().bounded(row, step) >>> lane & 1) == 1).isEqualTo(scalar.bounded(row, gradient));
            switch (slots) {
                case 1 -> {
                    var moved = kernel().addScaled(cells, row, step);
                    assertThat((moved >>> lane & 1) == 1).isEqualTo(scalar.addScaled(alone, 1, row, scale));
                }
                case 2 -> {
                    if (trial % 2 == 0) {
                        kernel().momentum(cells, row, step, 0.9f, trial % 4 == 0);
                        scalar.momentum(alone, row, scale, 0.9f, trial % 4 == 0);
                    } else {
                        kernel().adaptive(cells, row, step, 0.9f, 0.1f, 1e-3f);
                        scalar.adaptive(alone, row, gradient, rate, 0.9f, 0.1f, 1e-3f, step.l1[lane], step.l2[lane]);
                    }
                }
                default -> {
                    if (trial % 3 == 0) {
                        kernel().adam(cells, row, step, 0.9f, 0.99f, 1e-3f);
                        scalar.adam(alone, row, gradient, rate, 0.9f, 0.99f, 1e-3f);
                    } else if (trial % 3 == 1) {
                        kernel().ftrl(cells, row, step, 1);
                        scalar.ftrl(alone, row, gradient, rate, 1, step.l1[lane], step.l2[lane]);
                    } else {
                        var squares = positive(LaneStep.MOST);
                        var norms = new double[LaneStep.MOST];
                        var reaches = new double[LaneStep.MOST];
                        var sums = new double[2];
                        kernel().normalize(cells, row, step, squares, norms, reaches);
                        scalar.normalize(alone, row, squares[lane], sums);
                        assertThat(List.of(norms[lane], reaches[lane])).isEqualTo(List.of(sums[0], sums[1]));
                        kernel().addNormalized(cells, row, step, squares);
                        scalar.addNormalized(alone, row, squares[lane]);
                    }
                }
            }
            if (trial % 2 == 0 && (step.l1[lane] > 0 || step.l2[lane] > 0)) {
                kernel().shrink(cells, slots, row, step);
                scalar.shrink(alone, slots, row, rate * step.l1[lane], rate * step.l2[lane]);
            }

            for (var k = 0; k < alone.length; k++) {
                assertThat(floatToIntBits(cells[k * lanes + lane]))
                        .as("trial %d, lane %d of %d, float %d of cells of %d", trial, lane, lanes, k, slots)
                        .isEqualTo(floatToIntBits(alone[k]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void leaves_every_bit_of_a_lane_that_is_not_active(int slots) {
        var lanes = 13;
        var cells = floats(CELLS * slots * lanes + LaneStep.MOST);
        var before = cells.clone();
        var step = step(lanes);
        step.active = 0b0_1010_0110_0011;
        Arrays.fill(step.l1, 0.1f);
        var row = row(20);

        kernel().shrink(cells, slots, row, step);
        switch (slots) {
            case 1 -> kernel().addScaled(cells, row, step);
            case 2 -> {
                kernel().momentum(cells, row, step, 0.9f, true);
                kernel().adaptive(cells, row, step, 1, 1, 1e-3f);
            }
            default -> {
                kernel().adam(cells, row, step, 0.9f, 0.99f, 1e-3f);
                kernel().ftrl(cells, row, step, 1);
                kernel().normalize(cells, row, step, step.rates, new double[16], new double[16]);
                kernel().addNormalized(cells, row, step, step.rates);
            }
        }

        var moved = 0;
        for (var k = 0; k < cells.length; k++) {
            var slot = k < CELLS * slots * lanes; // what stands behind them is nobody's
            assertThat(slot || floatToIntBits(cells[k]) == floatToIntBits(before[k]))
                    .isTrue();
            if (floatToIntBits(cells[k]) != floatToIntBits(before[k])) {
                moved |= 1 << k % lanes;
            }
        }
        assertThat(moved & ~step.active).isZero();
        assertThat(moved).isNotZero();
    }

    @Test
    void sums_a_row_of_any_length_in_its_order() {
        var row = row(75);
        var cells = floats(CELLS * 5 + LaneStep.MOST);
        var step = step(5);
        var w = new float[75];
        var values = new float[75];
        for (var j = 0; j < 75; j++) {
            w[j] = cells[row.index(j) * 5 + 3];
            values[j] = row.value(j);
        }

        kernel().margins(cells, 1, row, step);

        assertThat(floatToIntBits(step.margins[3])).isEqualTo(floatToIntBits(LaneKernel.dot(w, values, 75)));
    }
}
