package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private final Random random = Seed.random();

    /// Parts of very different size, and their sum as float arithmetic would have it.
    private double[] parts() {
        return IntStream.range(0, 1 + random.nextInt(80))
                .mapToDouble(j -> random.nextGaussian() * Math.pow(10, random.nextInt(5) - 2))
                .toArray();
    }

    private static float margin(double[] parts) {
        var sum = 0f;
        for (var part : parts) {
            sum += (float) part;
        }
        return sum;
    }

    @Test
    void adds_up_to_the_margin_in_every_bit_and_in_any_order() {
        for (var round = 0; round < 20_000; round++) {
            var parts = parts();
            var margin = margin(parts);
            var total = Math.abs(margin) + Arrays.stream(parts).map(Math::abs).sum();
            if (Math.abs(margin) < total * 0x1p-20) {
                continue; // what is all but nothing may be off by a little
            }
            var before = parts.clone();

            var told = Explanation.of(new float[1], margin, parts).contributions();

            var shuffled = Arrays.asList(Arrays.stream(told).boxed().toArray(Double[]::new));
            Collections.shuffle(shuffled, random);
            assertThat(sum(shuffled)).as("round %d", round).isEqualTo(margin);
            for (var j = 0; j < told.length; j++) {
                assertThat(told[j]).isCloseTo(before[j], within(1e-5 * total));
            }
        }
    }

    private static double sum(List<Double> numbers) {
        var sum = 0.0;
        for (var number : numbers) {
            sum += number;
        }
        return sum;
    }

    @Test
    void of_a_margin_that_is_all_but_nothing_is_close() {
        var told =
                Explanation.of(new float[1], 1e-30f, new double[] {1e3, -1e3}).contributions();

        assertThat(told[0] + told[1]).isCloseTo(1e-30, within(2e3 * 0x1p-51));
    }

    @Test
    void of_a_margin_beyond_float_is_finite() {
        assertThat(Explanation.of(new float[1], Float.POSITIVE_INFINITY, new double[] {1e39})
                        .margin())
                .isEqualTo(Float.MAX_VALUE);
    }

    @Test
    void of_what_is_not_finite_is_left_as_it_is() {
        var parts = new double[] {Double.MAX_VALUE, Double.MAX_VALUE};

        assertThat(Explanation.of(new float[1], Float.MAX_VALUE, parts).contributions())
                .containsExactly(Double.MAX_VALUE, Double.MAX_VALUE);
    }
}
