package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.feature.FeatureConfig.Scale;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalerTest {
    private static Scaler after(float... numbers) {
        var scaler = new Scaler(Scale.STANDARD);
        for (var number : numbers) {
            scaler.update(number);
        }
        return scaler;
    }

    @Nested
    class Statistics {
        @Test
        void are_those_of_two_passes() {
            var random = Seed.random();
            var numbers = new float[10_000];
            for (var i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (1e6 + 10 * random.nextGaussian());
            }
            var mean = Arrays.stream(doubles(numbers)).average().getAsDouble();
            var squares = Arrays.stream(doubles(numbers))
                    .map(x -> (x - mean) * (x - mean))
                    .sum();

            var state = after(numbers).state();

            assertThat(state.getCount()).isEqualTo(10_000);
            assertThat(state.getMean()).isCloseTo(mean, within(1e-6));
            assertThat(state.getSquares() / squares).isCloseTo(1, within(1e-9));
        }

        @Test
        void go_on_from_a_state_with_the_same_bits() {
            var scaler = new Scaler(Scale.STANDARD);
            scaler.restore(after(1, 2, 4).state());
            scaler.update(8);

            assertThat(scaler.state()).isEqualTo(after(1, 2, 4, 8).state());
        }

        @Test
        void are_not_kept_where_nothing_is_scaled() {
            var scaler = new Scaler(Scale.NONE);
            scaler.update(5);

            assertThat(scaler.state().getCount()).isZero();
        }

        private double[] doubles(float[] numbers) {
            var doubles = new double[numbers.length];
            for (var i = 0; i < numbers.length; i++) {
                doubles[i] = numbers[i];
            }
            return doubles;
        }
    }

    @Nested
    class A_number {
        @Test
        void is_its_distance_from_the_mean_in_deviations() {
            assertThat(after(10, 14).scale(15)).isEqualTo(1.5f);
        }

        @Test
        void is_0_before_there_is_a_variance() {
            assertThat(after().scale(5)).isZero();
            assertThat(after(3).scale(5)).isZero();
            assertThat(after(3, 3, 3).scale(5)).isZero();
        }

        @Test
        void is_clipped_at_8_deviations() {
            assertThat(after(-1, 1).scale(1e15f)).isEqualTo(8);
            assertThat(after(-1, 1).scale(-9)).isEqualTo(-8);
            assertThat(after(-1, 1).scale(-7)).isEqualTo(-7);
        }

        @ParameterizedTest
        @CsvSource({"NONE, NaN", "NONE, Infinity", "STANDARD, NaN", "STANDARD, -Infinity"})
        void that_is_none_contributes_nothing(Scale scale, float x) {
            assertThat(Scaler.scale(scale, x, 2, 0, 2)).isZero();
        }

        @Test
        void is_left_alone_without_scaling() {
            assertThat(Scaler.scale(Scale.NONE, 1e15f, 0, 0, 0)).isEqualTo(1e15f);
        }

        @Test
        void stays_finite_between_the_largest_and_the_smallest() {
            assertThat(after(1e15f, -1e15f, 1e15f).scale(-1e15f)).isBetween(-8f, 8f);
            assertThat(after(0, Float.MIN_VALUE).scale(1)).isBetween(-8f, 8f);
            assertThat(Scaler.scale(Scale.STANDARD, 0, 2, 0, Double.MIN_VALUE)).isZero();
        }
    }
}
