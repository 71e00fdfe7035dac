package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HeldOutTest {
    @Nested
    class Classification {
        @Test
        void has_the_figures_done_by_hand() {
            var heldOut = HeldOut.classification();
            heldOut.add(0.75f, 1, 1); // the constant says 1/2
            heldOut.add(0.25f, 1, 2); // 2/3
            heldOut.add(0.5f, 0, 1); //  4/5

            var metrics = heldOut.metrics();

            assertThat(heldOut.examples()).isEqualTo(3);
            assertThat(metrics.get("log-loss"))
                    .isCloseTo(-(Math.log(0.75) + 2 * Math.log(0.25) + Math.log(0.5)) / 4, within(1e-12));
            assertThat(metrics.get("accuracy")).isEqualTo(0.25);
            assertThat(metrics.get("brier")).isEqualTo((0.0625 + 2 * 0.5625 + 0.25) / 4);
            assertThat(metrics.get("log-loss.constant"))
                    .isCloseTo(-(Math.log(1 / 2.0) + 2 * Math.log(2 / 3.0) + Math.log(1 / 5.0)) / 4, within(1e-12));
            assertThat(metrics.get("accuracy.constant")).isEqualTo(0.75);
            assertThat(metrics.get("brier.constant")).isCloseTo((1 / 4.0 + 2 / 9.0 + 16 / 25.0) / 4, within(1e-12));
            assertThat(metrics).hasSize(6);
        }

        @Test
        void stays_finite_where_a_prediction_is_certain_and_wrong() {
            var heldOut = HeldOut.classification();
            heldOut.add(0, 1, 1);

            assertThat(heldOut.metrics().get("log-loss")).isCloseTo(24 * Math.log(2), within(1e-9));
        }
    }

    @Nested
    class Regression {
        @Test
        void has_the_figures_done_by_hand() {
            var heldOut = HeldOut.regression();
            heldOut.add(3, 4, 1); //  the constant says 0
            heldOut.add(7, 10, 1); // 4
            heldOut.add(7, 7, 2); //  7

            var metrics = heldOut.metrics();

            assertThat(metrics)
                    .containsEntry("mae", 1.0)
                    .containsEntry("rmse", Math.sqrt(2.5))
                    .containsEntry("mae.constant", 2.5)
                    .containsEntry("rmse.constant", Math.sqrt(13))
                    .hasSize(4);
        }
    }

    @Nested
    class Nothing {
        @Test
        void is_known_before_the_first_example() {
            assertThat(HeldOut.classification().metrics()).isEmpty();
            assertThat(HeldOut.regression().metrics()).isEmpty();
        }
    }
}
