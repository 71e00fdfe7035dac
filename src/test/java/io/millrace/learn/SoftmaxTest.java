package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.feature.Examples;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxTest {
    private static final int CLASSES = 3;
    private static final int BITS = 4;
    private static final double RATE = 0.1;

    private final Loss loss = new SoftmaxLoss(CLASSES);

    private static Trainer trainer(OptimizerKind kind, double rate) {
        return new Trainer(
                new LearnConfig(LossKind.SOFTMAX, new OptimizerConfig(kind, rate, 0), BITS).withClasses(CLASSES),
                List.of());
    }

    private static Examples row(float label, float weight, int index, float x, int other, float y) {
        var row = new Examples(0);
        row.begin();
        row.add(index, x);
        row.add(other, y);
        row.end(label, weight, 0, 0, 0);
        return row;
    }

    /// As the textbooks have it, in double.
    private static double[] probabilities(double... margins) {
        var most = Arrays.stream(margins).max().orElseThrow();
        var parts =
                Arrays.stream(margins).map(margin -> Math.exp(margin - most)).toArray();
        var sum = Arrays.stream(parts).sum();
        return Arrays.stream(parts).map(part -> part / sum).toArray();
    }

    @Nested
    class The_loss {
        @Test
        void predicts_the_share_of_each_exponential() {
            var random = Seed.random();
            for (var round = 0; round < 200; round++) {
                var margins = new float[] {8 * random.nextFloat(), -8 * random.nextFloat(), random.nextFloat()};
                var predicted = new float[CLASSES];

                loss.predict(margins, predicted);

                var expected = probabilities(margins[0], margins[1], margins[2]);
                for (var k = 0; k < CLASSES; k++) {
                    assertThat((double) predicted[k])
                            .isCloseTo(expected[k], within(1e-6 * Math.max(1e-3, expected[k])));
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2})
        void has_the_slope_of_a_small_difference(int label) {
            var random = Seed.random();
            for (var round = 0; round < 50; round++) {
                var margins = new float[] {random.nextFloat(), 3 * random.nextFloat(), -2 * random.nextFloat()};
                var gradient = new float[CLASSES];

                loss.gradient(margins, label, gradient);

                for (var k = 0; k < CLASSES; k++) {
                    var step = 1e-5;
                    var up = new double[] {margins[0], margins[1], margins[2]};
                    var down = up.clone();
                    up[k] += step;
                    down[k] -= step;
                    var slope =
                            (Math.log(probabilities(down)[label]) - Math.log(probabilities(up)[label])) / (2 * step);
                    assertThat((double) gradient[k]).isCloseTo(slope, within(1e-5));
                }
            }
        }

        @Test
        void is_finite_at_any_margin_and_its_probabilities_add_up_to_1() {
            var extremes = new float[] {
                0, 1e4f, -1e4f, 3e38f, -3e38f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN
            };
            for (var a : extremes) {
                for (var b : extremes) {
                    var predicted = new float[CLASSES];
                    loss.predict(new float[] {a, b, 1}, predicted);

                    assertThat(predicted).as("%s, %s", a, b).satisfies(p -> {
                        for (var each : p) {
                            assertThat(each).isBetween(0f, 1f);
                        }
                        assertThat(p[0] + p[1] + p[2]).isCloseTo(1, within(1e-6f));
                    });
                }
            }
        }

        @Test
        void takes_the_numbers_of_its_classes_for_labels_and_no_other() {
            for (var label : new float[] {0, 1, 2}) {
                assertThat(loss.accepts(label)).isTrue();
            }
            for (var label : new float[] {-1, 3, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
                assertThat(loss.accepts(label)).as("%s", label).isFalse();
            }
        }
    }

    @Nested
    class The_first_steps {
        /// w_k ← w_k - rate · weight · (p_k - [k = y]) · x, by hand.
        @Test
        void of_sgd_are_those_of_the_book() {
            var trainer = trainer(OptimizerKind.SGD, RATE);
            var expected = new double[2][CLASSES];
            var rows = List.of(row(2, 1, 3, 2, 5, -1), row(0, 2, 3, 1, 5, 0.5f), row(2, 1, 5, 3, 3, 1));
            var values = new double[][] {{2, -1}, {1, 0.5}, {1, 3}};

            for (var i = 0; i < rows.size(); i++) {
                var x = values[i];
                var p = probabilities(
                        expected[0][0] * x[0] + expected[1][0] * x[1],
                        expected[0][1] * x[0] + expected[1][1] * x[1],
                        expected[0][2] * x[0] + expected[1][2] * x[1]);
                for (var k = 0; k < CLASSES; k++) {
                    var slope = rows.get(i).weights[0] * (p[k] - (k == rows.get(i).labels[0] ? 1 : 0));
                    expected[0][k] -= RATE * slope * x[0];
                    expected[1][k] -= RATE * slope * x[1];
                }
                trainer.learn(rows.get(i));

                for (var k = 0; k < CLASSES; k++) {
                    assertThat((double) trainer.cells().data[3 * CLASSES + k]).isCloseTo(expected[0][k], within(1e-6));
                    assertThat((double) trainer.cells().data[5 * CLASSES + k]).isCloseTo(expected[1][k], within(1e-6));
                }
            }
        }

        /// G ← G + g²; w ← w - rate · g / √G: the first moves every weight by the rate, whatever its slope.
        @Test
        void of_adagrad_is_the_rate_for_every_class() {
            var trainer = trainer(OptimizerKind.ADAGRAD, RATE);

            trainer.learn(row(1, 1, 3, 2, 5, -4));

            var each = trainer.cells().each;
            for (var k = 0; k < CLASSES; k++) {
                var toIt = k == 1 ? RATE : -RATE;
                assertThat((double) trainer.cells().data[(3 * CLASSES + k) * each])
                        .isCloseTo(toIt, within(1e-6));
                assertThat((double) trainer.cells().data[(5 * CLASSES + k) * each])
                        .isCloseTo(-toIt, within(1e-6));
            }
        }
    }

    @Nested
    class A_step {
        @ParameterizedTest
        @EnumSource
        void lowers_the_loss_of_its_example(OptimizerKind kind) {
            for (var label = 0; label < CLASSES; label++) {
                var trainer = trainer(kind, 0.02);
                var example = row(label, 1, 3, 1, 5, 2);
                var before = new float[CLASSES];
                var after = new float[CLASSES];
                trainer.predict(example, 0, before);

                trainer.learn(example);
                trainer.predict(example, 0, after);

                assertThat(after[label]).as("class %d", label).isGreaterThan(before[label]);
            }
        }

        @ParameterizedTest
        @EnumSource
        void that_would_not_be_finite_is_refused_and_changes_nothing(OptimizerKind kind) {
            var trainer = trainer(kind, 0.02);
            trainer.learn(row(1, 1, 3, 1, 5, 2));
            var before = trainer.cells().data.clone();

            trainer.learn(row(0, 1_000, 3, 3e38f, 5, 3e38f));

            assertThat(trainer.refused()).isEqualTo(1);
            assertThat(trainer.cells().data).isEqualTo(before);
        }
    }

    @Nested
    class The_contributions {
        @Test
        void add_up_to_the_margin_of_the_likeliest_class() {
            var trainer = trainer(OptimizerKind.SGD, 0.5);
            for (var i = 0; i < 50; i++) {
                trainer.learn(row(i % CLASSES, 1, i % CLASSES, 1, 9, 0.5f));
            }
            var scoring = new Scoring(
                    new LearnConfig(LossKind.SOFTMAX, new OptimizerConfig(OptimizerKind.SGD, 0.5, 0), BITS)
                            .withClasses(CLASSES),
                    List.of());
            var data = trainer.cells().data;
            Scoring.Weights weights = (index, into, at) -> System.arraycopy(data, index * CLASSES, into, at, CLASSES);

            var told = scoring.explain(row(0, 1, 2, 1, 9, 1), 0, weights, List.of());

            assertThat(told.prediction()[2]).isGreaterThan(told.prediction()[0]).isGreaterThan(told.prediction()[1]);
            assertThat(told.contributions()[0] + told.contributions()[1]).isEqualTo(told.margin());
            assertThat(told.contributions()[0]).isCloseTo(data[2 * CLASSES + 2], within(1e-6));
        }
    }
}
