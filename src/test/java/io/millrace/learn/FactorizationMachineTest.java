package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.feature.Examples;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FactorizationMachineTest {
    private static final int RANK = 2;
    private static final int BITS = 4;

    private static LearnConfig config(LossKind loss, OptimizerConfig optimizer, double init) {
        var plain = LossTest.config(loss);
        var learner = new LearnerConfig(
                LearnerKind.FACTORIZATION_MACHINE, OptionalInt.of(RANK), OptionalDouble.of(init), OptionalInt.of(5));
        return new LearnConfig(
                        loss,
                        plain.tau(),
                        plain.delta(),
                        plain.classes(),
                        plain.learner(),
                        optimizer,
                        BITS,
                        plain.lanes())
                .withLearner(learner);
    }

    private static Trainer trainer(LossKind loss, double rate) {
        return new Trainer(config(loss, new OptimizerConfig(OptimizerKind.SGD, rate, 0), 0.5), List.of());
    }

    /// One row of pairs of index and value.
    private static Examples row(float label, float weight, float... pairs) {
        var row = new Examples(0);
        row.begin();
        for (var j = 0; j < pairs.length; j += 2) {
            row.add((int) pairs[j], pairs[j + 1]);
        }
        row.end(label, weight, 0, 0, 0);
        return row;
    }

    private static float[] cell(Trainer trainer, int index) {
        var stride = trainer.cells().stride;
        return Arrays.copyOfRange(trainer.cells().data, index * stride, (index + 1) * stride);
    }

    /// By hand, from equations 1 and 4, with squared loss and rate 1/8, so that a step is (y - p) / 4 · slope. Features
    /// 0 and 1; their factors begin as `start` says, a and b of 0, c and d of 1:
    ///
    /// | t | row | y | p | after |
    /// |---|---|---|---|---|
    /// | 1 | x0 = 1, x1 = 2 | 4 | 0 | w = 1, 2; slopes by factors are all 0: they begin |
    /// | 2 | the same | 5 + 2 (ac + bd) + 4 | 5 + 2 (ac + bd) | w = 2, 4; v0 += 2 v1; v1 += 2 v0 |
    /// | 3 | x1 = 3 alone | 3 · 4 + 4 | 12 | w1 = 7; slopes by factors are 0: no pair |
    @Nested
    class Three_steps {
        @Test
        void are_those_done_by_hand() {
            var trainer = trainer(LossKind.SQUARED, 0.125);
            var machine = new FactorizationMachine(RANK, 0.5f, 5);
            float a = machine.start(0, 0);
            float b = machine.start(0, 1);
            float c = machine.start(1, 0);
            float d = machine.start(1, 1);

            trainer.learn(row(4, 1, 0, 1, 1, 2));

            assertThat(cell(trainer, 0)).containsExactly(1, a, b);
            assertThat(cell(trainer, 1)).containsExactly(2, c, d);

            var p = 5 + 2 * (a * c + b * d);
            assertThat(trainer.predict(row(0, 1, 0, 1, 1, 2), 0)).isCloseTo(p, within(1e-6f));
            trainer.learn(row(p + 4, 1, 0, 1, 1, 2));

            assertThat(cell(trainer, 0)).containsExactly(new float[] {2, a + 2 * c, b + 2 * d}, within(1e-5f));
            assertThat(cell(trainer, 1)).containsExactly(new float[] {4, c + 2 * a, d + 2 * b}, within(1e-5f));

            var before = cell(trainer, 1);
            trainer.learn(row(12 + 4, 1, 1, 3));

            assertThat(cell(trainer, 1)).containsExactly(new float[] {7, before[1], before[2]}, within(1e-5f));
        }
    }

    @Nested
    class The_beginning_of_a_factor {
        private static final float START_0_0 = -0.0069510303f;
        private static final float START_123456_7 = 0.0067441356f;

        /// For ever: what was learned goes on from it. (Computed apart, in Python.)
        @Test
        void is_known_by_seed_feature_and_factor() {
            var machine = new FactorizationMachine(8, 0.01f, 1);

            assertThat(machine.start(0, 0)).isEqualTo(START_0_0);
            assertThat(machine.start(123_456, 7)).isEqualTo(START_123456_7);
            assertThat(new FactorizationMachine(3, 0.01f, 1).start(0, 0)).isEqualTo(START_0_0);
            assertThat(new FactorizationMachine(8, 0.01f, 2).start(0, 0)).isNotEqualTo(START_0_0);
        }

        @Test
        void is_uniform() {
            var machine = new FactorizationMachine(8, 1, 1);
            double sum = 0;
            double squares = 0;
            double neighbours = 0;
            var n = 100_000;
            for (var index = 0; index < n; index++) {
                var start = machine.start(index, index % 8);
                assertThat(start).isBetween(-1f, 1f);
                sum += start;
                squares += start * start;
                neighbours += start * machine.start(index + 1, index % 8);
            }

            assertThat(sum / n).isCloseTo(0, within(0.01));
            assertThat(squares / n).isCloseTo(1.0 / 3, within(0.01));
            assertThat(neighbours / n).isCloseTo(0, within(0.01));
        }

        @ParameterizedTest
        @EnumSource
        void is_where_every_optimizer_goes_on_from(OptimizerKind kind) {
            var config = OptimizerTest.config(kind, 1e-4, Map.of("l1", 1e-6));
            var trainer = new Trainer(config(LossKind.SQUARED, config, 0.5), List.of());
            var machine = new FactorizationMachine(RANK, 0.5f, 5);

            trainer.learn(row(1, 1, 3, 1)); // alone: no slope moves its factors

            var each = trainer.cells().each;
            for (var f = 0; f < RANK; f++) {
                assertThat(trainer.cells().data[(3 * (1 + RANK) + 1 + f) * each])
                        .isCloseTo(machine.start(3, f), within(1e-6f));
            }
            var before = trainer.cells().data.clone();
            trainer.learn(row(1, 1, 3, 1, 4, 1));
            trainer.learn(row(1, 1, 3, 1, 4, 1));
            for (var f = 0; f < RANK; f++) { // now they move, by steps of that rate
                var at = (3 * (1 + RANK) + 1 + f) * each;
                assertThat(trainer.cells().data[at]).isNotEqualTo(before[at]).isCloseTo(before[at], within(0.01f));
            }
        }
    }

    /// Every loss, at a point where all parameters are something: the step of gradient descent is the rate times the
    /// slope of the loss by each parameter, as differences of the loss have it.
    @Nested
    class The_gradient {
        private static final double H = 1e-4;
        private static final double RATE = 1e-3;

        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#scalar")
        void is_the_slope_of_the_loss_by_every_parameter(LossKind loss) {
            var random = Seed.random();
            for (var label : loss.ofClasses() ? new float[] {0, 1} : new float[] {0, 3}) {
                var trainer = trainer(loss, RATE);
                var before = new double[(1 + RANK) << BITS];
                for (var number = 0; number < before.length; number++) {
                    trainer.cells().data[number] = random.nextFloat(0.1f, 0.5f);
                    before[number] = trainer.cells().data[number];
                }
                var x = new double[] {1, -0.5, 0.25, 0.75};
                var example = row(label, 2, 1, 1, 4, -0.5f, 9, 0.25f, 4, 0.75f); // one comes twice

                trainer.learn(example);

                for (var number = 0; number < before.length; number++) {
                    var slope = (loss(loss, before, x, label, number, H) - loss(loss, before, x, label, number, -H))
                            / (2 * H);
                    assertThat((before[number] - trainer.cells().data[number]) / RATE)
                            .as("%s, label %s, parameter %d", loss, label, number)
                            .isCloseTo(2 * slope, within(2e-3 * (1 + Math.abs(slope))));
                }
                assertThat(trainer.refused()).isZero();
            }
        }

        private static double loss(LossKind loss, double[] all, double[] x, float label, int number, double more) {
            var indices = new int[] {1, 4, 9, 4};
            var parameters = all.clone();
            parameters[number] += more;
            double margin = 0;
            for (var i = 0; i < x.length; i++) {
                margin += parameters[indices[i] * (1 + RANK)] * x[i];
                for (var j = i + 1; j < x.length; j++) {
                    for (var f = 1; f <= RANK; f++) {
                        margin += parameters[indices[i] * (1 + RANK) + f]
                                * parameters[indices[j] * (1 + RANK) + f]
                                * x[i]
                                * x[j];
                    }
                }
            }
            return LossTest.value(loss, margin, label);
        }
    }

    @Nested
    class A_feature_that_nothing_has_moved {
        private final Trainer trainer = trainer(LossKind.LOGISTIC, 0.1);

        A_feature_that_nothing_has_moved() {
            for (var i = 0; i < 20; i++) {
                trainer.learn(row(i % 2, 1, 1, 1, 2, 1));
            }
        }

        @Test
        void adds_nothing_to_a_prediction() {
            assertThat(trainer.predict(row(0, 1, 1, 1, 2, 1, 7, 3), 0))
                    .isEqualTo(trainer.predict(row(0, 1, 1, 1, 2, 1), 0));
        }

        @Test
        void stays_so_where_its_value_or_the_slope_is_0() {
            trainer.learn(row(1, 1, 1, 1, 7, 0));
            trainer.learn(row(1, 0, 1, 1, 8, 1));

            assertThat(cell(trainer, 7)).containsOnly(0);
            assertThat(cell(trainer, 8)).containsOnly(0);
        }

        @ParameterizedTest
        @ValueSource(floats = {3e38f, Float.POSITIVE_INFINITY, Float.NaN})
        void stays_so_where_the_step_is_refused(float value) {
            var before = trainer.cells().data.clone();

            trainer.learn(row(1, 100, 1, 1, 7, 1, 8, value));

            assertThat(trainer.refused()).isEqualTo(1);
            assertThat(trainer.cells().data).containsExactly(before);
        }

        /// A factor, or what the optimizer remembers of a parameter, tells that it was moved.
        @Test
        void is_not_one_whose_weight_alone_is_0() {
            var adaptive = new OptimizerConfig(OptimizerKind.ADAGRAD, 0.1, 0);
            var remembering = new Trainer(config(LossKind.LOGISTIC, adaptive, 0.5), List.of());
            trainer.cells().data[7 * (1 + RANK) + 2] = 0.25f;
            remembering.cells().data[7 * (1 + RANK) * 2 + 5] = 0.25f;

            trainer.learn(row(1, 1, 7, 1));
            remembering.learn(row(1, 1, 7, 1));

            assertThat(cell(trainer, 7)).endsWith(0, 0.25f);
            assertThat(cell(remembering, 7)).endsWith(0, 0, 0, 0.25f);
        }

        @Test
        void begins_anew_where_l1_has_left_only_zeros() {
            var optimizer = OptimizerTest.config(OptimizerKind.SGD, 0.1, Map.of("l1", 1000.0));
            var strict = new Trainer(config(LossKind.SQUARED, optimizer, 0.5), List.of());
            var once = new Trainer(config(LossKind.SQUARED, optimizer, 0.5), List.of());
            strict.learn(row(1, 1, 3, 1));

            assertThat(cell(strict, 3)).containsOnly(0);

            strict.learn(row(1, 1, 3, 1));
            once.learn(row(1, 1, 3, 1));
            assertThat(strict.cells().data).isEqualTo(once.cells().data);
        }
    }

    /// The label is whether two categories agree: no weight of one of them tells anything.
    @Nested
    class What_only_pairs_tell {
        @ParameterizedTest
        @EnumSource
        void is_learned_with_every_optimizer(OptimizerKind kind) {
            var rate = Map.of(
                            OptimizerKind.SGD, 0.1,
                            OptimizerKind.MOMENTUM, 0.02,
                            OptimizerKind.NESTEROV, 0.02,
                            OptimizerKind.ADAM, 0.02,
                            OptimizerKind.RMSPROP, 0.02,
                            OptimizerKind.NORMALIZED_ADAPTIVE, 0.5)
                    .getOrDefault(kind, 0.2);
            var optimizer = OptimizerTest.config(kind, rate, Map.of());
            var machine = new Trainer(config(LossKind.LOGISTIC, optimizer, 0.1), List.of());
            var linear = new Trainer(new LearnConfig(LossKind.LOGISTIC, optimizer, BITS), List.of());
            var random = Seed.random();
            for (var i = 0; i < 6_000; i++) {
                var one = random.nextInt(2);
                var other = random.nextInt(2);
                var row = row(one == other ? 1 : 0, 1, 0, 1, 1 + one, 1, 3 + other, 1);
                machine.learn(row);
                linear.learn(row);
            }

            assertThat(linear.progress().metrics().get("accuracy.decayed")).isLessThan(0.7);
            assertThat(machine.predict(row(0, 1, 0, 1, 1, 1, 3, 1), 0)).isGreaterThan(0.9f);
            assertThat(machine.predict(row(0, 1, 0, 1, 1, 1, 4, 1), 0)).isLessThan(0.1f);
            assertThat(machine.predict(row(0, 1, 0, 1, 2, 1, 3, 1), 0)).isLessThan(0.1f);
            assertThat(machine.predict(row(0, 1, 0, 1, 2, 1, 4, 1), 0)).isGreaterThan(0.9f);
        }
    }
}
