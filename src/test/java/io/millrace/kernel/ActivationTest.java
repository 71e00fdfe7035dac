package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Activations against `StrictMath`, and their slopes against differences.
class ActivationTest {
    private static double exact(Activation f, double z) {
        return switch (f) {
            case IDENTITY -> z;
            case RELU -> Math.max(0, z);
            case LEAKY_RELU -> Math.max(0.01 * z, z);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-z));
            case TANH -> StrictMath.tanh(z);
            case GELU -> z / 2 * (1 + StrictMath.tanh(StrictMath.sqrt(2 / StrictMath.PI) * (z + 0.044715 * z * z * z)));
        };
    }

    @ParameterizedTest
    @EnumSource
    void is_what_its_formula_says(Activation f) {
        for (var z = -20f; z <= 20; z += 0.0625f) {
            var expected = exact(f, z);

            assertThat((double) f.of(z))
                    .as("%s(%s)", f, z)
                    .isCloseTo(expected, within(3e-7 + 2e-6 * Math.abs(expected)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void has_the_slope_of_its_differences(Activation f) {
        for (var z = -10.03125f; z <= 10; z += 0.0625f) { // no kink is met
            var slope = (exact(f, z + 1e-5) - exact(f, z - 1e-5)) / 2e-5;

            assertThat((double) f.slope(z, f.of(z))).as("%s'(%s)", f, z).isCloseTo(slope, within(1e-5));
        }
    }

    @Test
    void a_kink_has_the_slope_of_its_left() {
        assertThat(Activation.RELU.slope(0, 0)).isZero();
        assertThat(Activation.LEAKY_RELU.slope(0, 0)).isEqualTo(0.01f);
    }
}
