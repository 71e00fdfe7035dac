package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.learn.LearnConfig.LossKind;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossTest {
    private static final double H = 1e-5;

    /// The slope of ℓ at m, from two points.
    private static double slope(DoubleUnaryOperator loss, double m) {
        return (loss.applyAsDouble(m + H) - loss.applyAsDouble(m - H)) / (2 * H);
    }

    @Nested
    class The_gradient {
        @ParameterizedTest
        @CsvSource({"0, 0", "0, 1", "2.5, 1", "2.5, 0", "-1.25, 1", "-7, 0", "-7, 1", "9, 0", "15, 1"})
        void of_logistic_loss_is_the_slope_of_the_loss(float m, float y) {
            var loss = Loss.of(LossKind.LOGISTIC);

            var gradient = loss.gradient(loss.predict(m), y);

            var slope = slope(at -> y == 1 ? Math.log1p(Math.exp(-at)) : Math.log1p(Math.exp(at)), m);
            assertThat((double) gradient).isCloseTo(slope, within(1e-6));
        }

        @ParameterizedTest
        @CsvSource({"0, 0", "0, 1", "2.5, -3", "-20, 100", "1000, 0.5"})
        void of_squared_loss_is_the_slope_of_the_loss(float m, float y) {
            var loss = Loss.of(LossKind.SQUARED);

            var gradient = loss.gradient(loss.predict(m), y);

            assertThat((double) gradient).isCloseTo(slope(at -> (at - y) * (at - y), m), within(1e-4));
        }
    }

    @Nested
    class A_prediction {
        @ParameterizedTest
        @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3.4e38f, -3.4e38f})
        void is_finite_for_every_margin(float margin) {
            assertThat(Loss.of(LossKind.LOGISTIC).predict(margin)).isBetween(1e-7f, 0.9999999f);
            assertThat(Loss.of(LossKind.SQUARED).predict(margin)).isFinite();
        }
    }
}
