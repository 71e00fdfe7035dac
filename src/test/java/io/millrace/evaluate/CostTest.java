package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CostTest {
    @ParameterizedTest
    @CsvSource({
        // word, prediction, label, cost by hand
        "pinball(0.9), 1, 5, 3.6",
        "pinball(0.9), 5, 1, 0.4",
        "pinball(0.9), 5, 5, 0",
        "expectile(0.9), 1, 5, 14.4",
        "expectile(0.9), 5, 1, 1.6",
        "huber(1.5), 1, 2, 0.5",
        "huber(1.5), 1, 2.5, 1.125",
        "huber(1.5), 1, -4, 6.375",
        "poisson, 4, 4, 0",
        "poisson, 4, 0, 4",
        "poisson, 1, 2, 0.386294361",
        "poisson, 0, 1, 29",
        "mae, 1, -4, 5",
        "rmse, 1, -4, 25",
        "log-loss, 0.25, 0, 0.287682072",
        "brier, 0.25, 1, 0.5625",
    })
    void is_what_it_is_by_hand(String word, float prediction, float label, double expected) {
        assertThat(Cost.ofWord(word).of(prediction, label)).isCloseTo(expected, within(1e-6));
    }

    @Test
    void of_a_prediction_among_others_is_the_same() {
        var cost = new Cost(PointLoss.PINBALL, 0.9);

        assertThat(cost.of(new float[] {7, 1, 9}, 1, 1, 5)).isCloseTo(3.6, within(1e-6));
    }

    @Nested
    class A_word {
        @ParameterizedTest
        @ValueSource(strings = {"log-loss", "rmse", "pinball(0.1)", "expectile(0.975)", "huber(2.0)", "poisson"})
        void comes_back(String word) {
            assertThat(Cost.ofWord(word).word()).isEqualTo(word);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "accuracy", "pinball(x)"})
        void that_is_none_is_refused(String word) {
            assertThatThrownBy(() -> Cost.ofWord(word)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Told_first {
        @Test
        void is_what_a_model_learns_by() {
            assertThat(PointLoss.told(Map.of("mae", 1, "rmse", 1, "pinball", 1)))
                    .isEqualTo("pinball");
            assertThat(PointLoss.told(Map.of("mae", 1, "rmse", 1))).isEqualTo("rmse");
            assertThat(PointLoss.told(Map.of("brier", 1, "log-loss", 1))).isEqualTo("log-loss");
        }
    }
}
