package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final int COUNT = 3_000;

    /// Fifty groups, each easier or harder for all; the second predictor is off by a little more.
    private static void fill(Comparison comparison, HeldOut second, boolean classes, long seed) {
        var random = new Random(seed);
        var hard = random.doubles(50, 0, 0.4).toArray();
        for (var i = 0; i < COUNT; i++) {
            var group = random.nextInt(50);
            var label = classes ? i & 1 : (float) (500 + random.nextGaussian());
            DoubleSupplier off = () -> hard[group] + 0.2 * random.nextDouble();
            float[] predictions = {
                (float) (label + (label > 0.5 ? -1 : 1) * off.getAsDouble()),
                (float) (label + (label > 0.5 ? -1 : 1) * (off.getAsDouble() + 0.03))
            };
            comparison.example(label, 1 + i % 2, group);
            comparison.predicted(0, predictions[0]);
            comparison.predicted(1, predictions[1]);
            OneNumber.add(second, predictions[1], label, 1 + i % 2, group);
        }
    }

    @Nested
    class Of_probabilities {
        private final Comparison comparison = new Comparison(Outcome.BINARY, 2, 1);
        private final HeldOut second = Outcome.BINARY.heldOut();

        @Test
        void has_the_figures_of_each_and_their_difference() {
            fill(comparison, second, true, 1);

            var figures = comparison.figures(1);
            var expected = second.metrics();

            assertThat(comparison.examples()).isEqualTo(COUNT);
            assertThat(comparison.groups()).isEqualTo(50);
            for (var name : new String[] {"log-loss", "accuracy", "brier", "auc", "ece", "log-loss.constant"}) {
                assertThat(figures).containsEntry(name, expected.get(name));
            }
            assertThat(figures).containsEntry("groups", 50.0).doesNotContainKey("log-loss.decayed");
            assertThat(comparison.calibration(1)).isEqualTo(second.calibration());
            var difference = comparison.difference(1, 0);
            for (var name : new String[] {"log-loss", "accuracy", "brier"}) {
                assertThat(difference.get(name))
                        .as(name)
                        .isCloseTo(
                                comparison.figures(1).get(name)
                                        - comparison.figures(0).get(name),
                                within(1e-12));
            }
        }

        @Test
        void has_intervals_about_those_of_the_sandwich() {
            fill(comparison, second, true, 2);

            var figures = comparison.figures(1);
            var expected = second.metrics();

            var length = expected.get("log-loss.high") - expected.get("log-loss.low");
            assertThat(figures.get("log-loss.low")).isCloseTo(expected.get("log-loss.low"), within(length / 8));
            assertThat(figures.get("log-loss.high")).isCloseTo(expected.get("log-loss.high"), within(length / 8));
        }

        /// Each alone could be anywhere in its interval, yet that the second is worse is certain.
        @Test
        void pairs_what_is_compared() {
            fill(comparison, second, true, 3);

            var difference = comparison.difference(1, 0);

            assertThat(difference.get("log-loss.low")).isGreaterThan(0);
            assertThat(comparison.figures(0).get("log-loss.high"))
                    .isGreaterThan(comparison.figures(1).get("log-loss.low"));
            assertThat(comparison.difference(0, 1).get("log-loss.high")).isNegative();
        }

        @Test
        void draws_anew_when_examples_come() {
            fill(comparison, second, true, 4);
            var before = comparison.figures(0);
            fill(comparison, second, true, 5);

            assertThat(comparison.figures(0).get("log-loss.low")).isNotEqualTo(before.get("log-loss.low"));
        }

        @Test
        void has_no_interval_of_one_group() {
            comparison.example(1, 1, 7);
            comparison.predicted(0, 0.5f);
            comparison.predicted(1, 0.25f);

            assertThat(comparison.figures(0)).containsKey("log-loss").doesNotContainKeys("log-loss.low");
            assertThat(comparison.difference(0, 1))
                    .containsOnlyKeys("log-loss", "accuracy", "brier")
                    .hasEntrySatisfying("log-loss", value -> assertThat(value).isCloseTo(-Math.log(2), within(1e-12)));
        }

        @Test
        void has_nothing_to_tell_of_nothing() {
            assertThat(comparison.figures(0)).isEmpty();
            assertThat(comparison.difference(0, 1)).isEmpty();
        }
    }

    @Nested
    class Of_numbers {
        private final Comparison comparison = new Comparison(Outcome.NUMBER, 2, 1);
        private final HeldOut second = Outcome.NUMBER.heldOut();

        @Test
        void has_the_figures_of_each_and_their_difference() {
            fill(comparison, second, false, 1);

            var figures = comparison.figures(1);
            var expected = second.metrics();

            for (var name : new String[] {"mae", "rmse", "r2", "mae.last-label"}) {
                assertThat(figures).containsEntry(name, expected.get(name));
            }
            for (var name : new String[] {"mae", "rmse", "r2"}) {
                var length = expected.get(name + ".high") - expected.get(name + ".low");
                assertThat(figures.get(name + ".low"))
                        .as(name)
                        .isCloseTo(expected.get(name + ".low"), within(length / 8));
                assertThat(figures.get(name + ".high"))
                        .as(name)
                        .isCloseTo(expected.get(name + ".high"), within(length / 8));
                assertThat(comparison.difference(1, 0).get(name))
                        .as(name)
                        .isCloseTo(
                                comparison.figures(1).get(name)
                                        - comparison.figures(0).get(name),
                                within(1e-9));
            }
            assertThat(comparison.calibration(0)).isEmpty();
        }

        @Test
        void has_the_cost_that_the_models_learn_by() {
            var own = new Comparison(Outcome.number(new Cost(PointLoss.PINBALL, 0.9)), 2, 1);
            var random = new Random(7);
            for (var i = 0; i < 2_000; i++) {
                own.example((float) random.nextGaussian(), 1, i % 40);
                own.predicted(0, 0);
                own.predicted(1, 1.2816f); // the 0.9-quantile
            }

            assertThat(own.figures(1)).containsKeys("pinball", "pinball.low", "pinball.high", "rmse");
            var difference = own.difference(1, 0);
            assertThat(difference.get("pinball"))
                    .isCloseTo(own.figures(1).get("pinball") - own.figures(0).get("pinball"), within(1e-9));
            assertThat(difference.get("pinball.high"))
                    .as("the quantile is better by its own loss")
                    .isNegative();
            assertThat(difference.get("rmse.low")).as("and worse by another").isPositive();
        }
    }
}
