package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearnConfigTest {
    private static LearnConfig config(double learningRate, double powerT, int bits) {
        return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, learningRate, powerT), bits);
    }

    @Nested
    class A_value_within_bounds {
        @ParameterizedTest
        @CsvSource({"10, 0, 1", "1e-9, 1, 28"})
        void is_taken(double learningRate, double powerT, int bits) {
            assertThatCode(() -> config(learningRate, powerT, bits)).doesNotThrowAnyException();
        }
    }

    @Nested
    class A_value_out_of_range {
        @ParameterizedTest
        @ValueSource(doubles = {12.0, 0.0, -1.0, Double.NaN, 10.000001})
        void is_refused_as_a_learning_rate(double value) {
            assertThatThrownBy(() -> config(value, 0, 18))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("learn.optimizer.learning-rate = " + value
                            + " is out of range: expected more than 0, at most 10");
        }

        @ParameterizedTest
        @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
        void is_refused_as_a_power_of_t(double value) {
            assertThatThrownBy(() -> config(0.1, value, 18))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("learn.optimizer.power-t = " + value + " is out of range: expected 0 to 1");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 29, -1})
        void is_refused_as_bits(int value) {
            assertThatThrownBy(() -> config(0.1, 0, value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("learn.bits = " + value + " is out of range: expected 1 to 28");
        }
    }

    @Nested
    class A_schedule {
        @ParameterizedTest
        @CsvSource({"power-t, 0.5", "inverse-time, 1000.0", "cosine, 1000.0"})
        void is_refused_with_ftrl(String key, double value) {
            assertThatThrownBy(() -> OptimizerTest.config(OptimizerKind.FTRL, 0.1, Map.of(key, value)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("learn.optimizer." + key + " = " + value
                            + " does not go with learn.optimizer.kind = ftrl: expected no schedule, as its rates fall"
                            + " of themselves, weight by weight");
        }

        @ParameterizedTest
        @CsvSource({
            "power-t, inverse-time, inverse-time does not go with power-t",
            "cosine, inverse-time, inverse-time does not go with cosine",
            "power-t, cosine, cosine does not go with power-t"
        })
        void is_the_only_one(String one, String other, String fault) {
            var both = Map.of(one, 0.5, other, 0.5);

            assertThatThrownBy(() -> OptimizerTest.config(OptimizerKind.SGD, 0.1, both))
                    .hasMessage(
                            "learn.optimizer." + fault + ": expected one schedule of power-t, inverse-time and cosine");
        }

        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FTRL")
        void is_taken_with_the_others(OptimizerKind kind) {
            assertThatCode(() -> OptimizerTest.config(kind, 0.1, Map.of("cosine", 1000.0)))
                    .doesNotThrowAnyException();
        }
    }
}
