package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.feature.Examples;
import io.millrace.kernel.Activation;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MlpTest {
    private static final int BITS = 4;
    private static final int WIDTH = 3;
    private static final int BATCH = 4;
    /// Where the dense layers begin.
    private static final int DENSE = Cells.PAGE * WIDTH;

    private final Random random = Seed.random();

    private static LearnConfig config(LossKind loss, double rate, Activation activation, int batch, int... layers) {
        var learner = new LearnerConfig(
                LearnerKind.MLP,
                OptionalInt.empty(),
                OptionalDouble.of(0.5),
                OptionalInt.of(3),
                OptionalInt.of(WIDTH),
                Optional.of(java.util.Arrays.stream(layers).boxed().toList()),
                Optional.of(activation),
                OptionalInt.of(batch));
        var plain = new LearnConfig(loss, new OptimizerConfig(OptimizerKind.SGD, rate, 0), BITS).withLearner(learner);
        return loss == LossKind.SOFTMAX ? plain.withClasses(3) : plain;
    }

    private Examples rows(int count, LossKind loss) {
        var rows = new Examples(0);
        for (var r = 0; r < count; r++) {
            add(rows, loss == LossKind.SOFTMAX ? random.nextInt(3) : random.nextInt(2));
        }
        return rows;
    }

    private void add(Examples rows, float label) {
        rows.begin();
        for (var j = 0; j < 4; j++) {
            rows.add(random.nextInt(1 << BITS), (float) random.nextGaussian());
        }
        rows.end(label, 1 + random.nextInt(2), 0, 0, rows.size);
    }

    private static Trainer learned(LearnConfig config, Examples rows) {
        var trainer = new Trainer(config, List.of());
        trainer.learn(rows);
        return trainer;
    }

    @Nested
    class A_step {
        /// Weights of a trainer that has learned are moved one by one: what its step subtracts is the difference of the
        /// mean loss, embeddings and layers alike.
        @ParameterizedTest
        @EnumSource(
                value = LossKind.class,
                names = {"LOGISTIC", "SQUARED", "SOFTMAX"})
        void moves_each_parameter_by_the_difference_of_the_mean_loss(LossKind loss) {
            var config = config(loss, RATE, Activation.TANH, BATCH, 5, 4);
            assertMoves(config, learned(config, rows(40, loss)), rows(BATCH, loss));
        }

        /// It counts as an example with slopes of 0, and what it alone names is not begun.
        @Test
        void has_no_part_of_an_example_whose_label_is_none_of_the_loss() {
            var config = config(LossKind.LOGISTIC, RATE, Activation.TANH, BATCH, 5, 4);
            var trainer = learned(config, withoutLast(rows(40, LossKind.LOGISTIC)));
            var batch = withoutLast(rows(BATCH - 1, LossKind.LOGISTIC));
            batch.begin();
            batch.add(LAST, 1);
            batch.add(batch.indices[0], 2);
            batch.end(0.5f, 1, 0, 0, 0);

            assertMoves(config, trainer, batch);

            for (var f = 0; f < WIDTH; f++) {
                assertThat(trainer.cells().data[LAST * WIDTH + f]).isZero();
            }
            assertThat(trainer.refused()).isEqualTo(1);
        }

        private static final double RATE = 0.01;
        private static final int LAST = (1 << BITS) - 1;

        private static Examples withoutLast(Examples rows) {
            for (var j = 0; j < rows.rows[rows.size]; j++) {
                rows.indices[j] = Math.min(rows.indices[j], LAST - 1);
            }
            return rows;
        }

        private static void assertMoves(LearnConfig config, Trainer trainer, Examples batch) {
            var before = trainer.cells().data.clone();

            trainer.learn(batch);

            var after = trainer.cells().data;
            var moved = 0;
            for (var number = 0; number < before.length; number++) {
                if (before[number] == 0) {
                    continue; // the loss does not depend on what pads, nor on what was not begun
                }
                var h = 1e-2f;
                var slope =
                        (loss(config, batch, before, number, h) - loss(config, batch, before, number, -h)) / (2 * h);
                assertThat((before[number] - after[number]) / RATE)
                        .as("parameter %d", number)
                        .isCloseTo(slope, within(2e-3 + 5e-3 * Math.abs(slope)));
                moved += before[number] == after[number] ? 0 : 1;
            }
            assertThat(moved).isGreaterThan(60);
        }

        /// In double, from margins in float; an example whose label is 0.5 has no part.
        private static double loss(LearnConfig config, Examples batch, float[] cells, int number, float h) {
            var trainer = new Trainer(config, List.of());
            System.arraycopy(cells, 0, trainer.cells().data, 0, cells.length);
            trainer.cells().data[number] += h;
            trainer.cells().rewrite(0);
            var outputs = config.outcome().outputs();
            var prediction = new float[outputs];
            var sum = 0.0;
            for (var r = 0; r < batch.size; r++) {
                trainer.predict(batch, r, prediction);
                var label = batch.labels[r];
                if (label == 0.5f) {
                    continue;
                }
                var p = (double) prediction[outputs == 1 ? 0 : (int) label];
                sum += batch.weights[r]
                        * switch (config.loss()) {
                            case SQUARED -> (p - label) * (p - label);
                            case LOGISTIC -> -Math.log(label == 1 ? p : 1 - p);
                            default -> -Math.log(p);
                        };
            }
            return sum / batch.size;
        }

        @Test
        void is_taken_when_the_mini_batch_is_full_wherever_blocks_end() {
            var config = config(LossKind.LOGISTIC, 0.1, Activation.RELU, BATCH, 5);
            var rows = rows(BATCH, LossKind.LOGISTIC);
            var trainer = new Trainer(config, List.of());
            var begun = trainer.cells().data.clone();

            trainer.learn(Rows.slice(rows, 0, BATCH - 1));
            var waiting = trainer.cells().data.clone();
            trainer.learn(Rows.slice(rows, BATCH - 1, BATCH));

            assertThat(waiting).isEqualTo(begun);
            assertThat(trainer.cells().data)
                    .isNotEqualTo(begun)
                    .isEqualTo(learned(config, rows).cells().data);
            assertThat(trainer.state().getPending().remaining()).isZero();
        }

        @Test
        void predicts_all_rows_of_a_mini_batch_before_it() {
            var config = config(LossKind.LOGISTIC, 0.5, Activation.RELU, BATCH, 5);
            var trainer = learned(config, rows(8, LossKind.LOGISTIC));
            var batch = rows(BATCH, LossKind.LOGISTIC);
            var loss = 0.0;
            var weight = 0.0;
            for (var r = 0; r < BATCH; r++) {
                double p = trainer.predict(batch, r);
                loss -= batch.weights[r] * Math.log(batch.labels[r] == 1 ? p : 1 - p);
                weight += batch.weights[r];
            }
            trainer.progress().reset();

            trainer.learn(batch);

            assertThat(trainer.progress().metrics().get("log-loss")).isCloseTo(loss / weight, within(1e-6));
        }

        @Test
        void that_would_not_be_finite_is_refused_and_its_examples_counted() {
            var adaGrad = new OptimizerConfig(OptimizerKind.ADAGRAD, 0.01, 0);
            var config = new LearnConfig(LossKind.SQUARED, adaGrad, BITS)
                    .withLearner(config(LossKind.SQUARED, 0.01, Activation.IDENTITY, BATCH, 5)
                            .learner()
                            .orElseThrow());
            var trainer = learned(config, rows(8, LossKind.LOGISTIC));
            var before = trainer.cells().data.clone();
            var batch = rows(BATCH - 2, LossKind.LOGISTIC);
            add(batch, Float.NaN);
            add(batch, 1e30f);

            trainer.learn(batch);

            assertThat(trainer.refused()).isEqualTo(BATCH);
            assertThat(trainer.cells().data).isEqualTo(before);
        }

        @Test
        void leaves_out_an_example_whose_label_is_none_of_the_loss() {
            var config = config(LossKind.LOGISTIC, 0.1, Activation.RELU, BATCH, 5);
            var seen = rows(8, LossKind.LOGISTIC);
            var trainer = learned(config, seen);
            var without = learned(config, seen);
            var before = trainer.cells().data.clone();
            var batch = rows(BATCH - 1, LossKind.LOGISTIC);
            without.learn(batch);
            add(batch, 0.5f);

            trainer.learn(batch);

            assertThat(trainer.refused()).isEqualTo(1);
            assertThat(trainer.cells().data).isNotEqualTo(before);
            assertThat(trainer.progress().metrics())
                    .isEqualTo(without.progress().metrics());
        }

        /// Momentum alone would move them.
        @Test
        void is_none_where_all_its_examples_are_left_out() {
            var base = config(LossKind.LOGISTIC, 0.1, Activation.RELU, BATCH, 5);
            var momentum = new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.MOMENTUM, 0.1, 0), BITS)
                    .withLearner(base.learner().orElseThrow());
            var trainer = learned(momentum, rows(8, LossKind.LOGISTIC));
            var before = trainer.cells().data.clone();
            var batch = rows(BATCH, LossKind.LOGISTIC);
            java.util.Arrays.fill(batch.labels, 0, BATCH, 0.5f);

            trainer.learn(batch);

            assertThat(trainer.cells().data).isEqualTo(before);
            assertThat(trainer.refused()).isEqualTo(BATCH);
        }

        /// Labels that are both too far away move the parameters alike.
        @Test
        void counts_no_slope_as_more_than_the_clip() {
            var base = config(LossKind.SQUARED, 0.1, Activation.RELU, BATCH, 5);
            var clipped = new LearnConfig(
                            LossKind.SQUARED,
                            OptimizerTest.config(OptimizerKind.SGD, 0.1, java.util.Map.of("clip", 0.5)),
                            BITS)
                    .withLearner(base.learner().orElseThrow());
            var near = rows(BATCH, LossKind.LOGISTIC);
            var far = Rows.slice(near, 0, BATCH);
            java.util.Arrays.fill(near.labels, 0, BATCH, 100);
            java.util.Arrays.fill(far.labels, 0, BATCH, 200);

            assertThat(learned(clipped, near).cells().data)
                    .isEqualTo(learned(clipped, far).cells().data)
                    .isNotEqualTo(new Trainer(clipped, List.of()).cells().data);
            assertThat(learned(base, near).cells().data)
                    .isNotEqualTo(learned(base, far).cells().data);
        }
    }

    @Nested
    class A_feature {
        @Test
        void has_only_zeros_until_a_step_moves_it() {
            var config = config(LossKind.LOGISTIC, 0.1, Activation.RELU, 1, 5);
            var rows = new Examples(0);
            rows.begin();
            rows.add(3, 1);
            rows.add(5, 0);
            rows.end(1, 1, 0, 0, 0);

            var data = learned(config, rows).cells().data;

            for (var index = 0; index < 1 << BITS; index++) {
                for (var f = 0; f < WIDTH; f++) {
                    assertThat(data[index * WIDTH + f] != 0).as("%d", index).isEqualTo(index == 3);
                }
            }
        }
    }

    @Nested
    class Rows_that_wait {
        private final LearnConfig config = config(LossKind.LOGISTIC, 0.1, Activation.RELU, BATCH, 5);

        @Test
        void are_state_that_another_trainer_goes_on_from() {
            var rows = rows(BATCH + 2, LossKind.LOGISTIC);
            var state = learned(config, rows).state();

            assertThat(state.getPending().remaining()).isEqualTo(4 * (1 + 2 * 3 + 2 * 2 * 4));
        }

        @Test
        void are_checked() {
            var state = learned(config, rows(2, LossKind.LOGISTIC)).state();
            var bytes = state.getPending();
            var faults = new ArrayList<ByteBuffer>();
            faults.add(bytes.slice(0, bytes.remaining() - 4));
            faults.add(changed(bytes, 0, BATCH));
            faults.add(changed(bytes, 12, 1 << 20));
            faults.add(changed(bytes, 4 * 7, 1 << BITS));

            for (var fault : faults) {
                var broken = io.millrace.schema.TrainerState.newBuilder(state)
                        .setPending(fault)
                        .build();

                assertThatThrownBy(() -> new Trainer(config, List.of()).restore(broken))
                        .hasMessage("the state has " + fault.remaining()
                                + " bytes of pending rows that are none of a mini-batch of 4");
            }
        }

        private static ByteBuffer changed(ByteBuffer bytes, int at, int to) {
            var copy = ByteBuffer.allocate(bytes.remaining()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            copy.put(bytes.duplicate()).flip();
            return copy.putInt(at, to);
        }

        @Test
        void are_none_of_a_learner_that_has_no_mini_batches() {
            var state = learned(config, rows(2, LossKind.LOGISTIC)).state();
            var linear = new LearnConfig(LossKind.LOGISTIC, config.optimizer(), BITS);

            assertThatThrownBy(() -> new Trainer(linear, List.of()).restore(state))
                    .hasMessage("the state has " + state.getPending().remaining()
                            + " bytes of examples that wait: expected none, as each is learned when it comes");
        }

        @Test
        void fill_a_mini_batch_early_where_they_have_many_entries() {
            var rows = new Examples(0);
            rows.begin();
            for (var j = 0; j < Pending.MOST_ENTRIES; j++) {
                rows.add(j % 7, 0.001f);
            }
            rows.end(1, 1, 0, 0, 0);

            var trainer = learned(config, rows);

            assertThat(trainer.state().getPending().remaining()).isZero();
            assertThat(trainer.cells().data[0]).isNotZero();
        }
    }

    @Nested
    class A_prediction {
        @ParameterizedTest
        @EnumSource(
                value = LossKind.class,
                names = {"LOGISTIC", "SQUARED", "SOFTMAX"})
        void has_the_same_bits_where_weights_live_elsewhere(LossKind loss) {
            var config = config(loss, 0.1, Activation.GELU, BATCH, 33, 5);
            var rows = rows(42, loss);
            var trainer = learned(config, rows);
            var scoring = new Scoring(config, List.of());
            var outputs = config.outcome().outputs();

            for (var round = 0; round < 2; round++) {
                var weights = weights(trainer.cells());
                var expected = new float[outputs];
                for (var r = 0; r < rows.size; r++) {
                    trainer.predict(rows, r, expected);

                    assertThat(scoring.predict(rows, r, weights, List.of())).isEqualTo(expected);
                }
                trainer.learn(rows);
            }
        }

        private static Scoring.Weights weights(Cells cells) {
            var data = cells.data.clone();
            return (index, into, at) -> {
                for (var f = 0; f < WIDTH; f++) {
                    into[at + f] = data[(index * WIDTH + f) * cells.each];
                }
            };
        }

        @Test
        void learns_what_no_linear_model_can() {
            var adam = new OptimizerConfig(OptimizerKind.ADAM, 0.01, 0);
            var config = new LearnConfig(LossKind.LOGISTIC, adam, BITS)
                    .withLearner(config(LossKind.LOGISTIC, 0.5, Activation.TANH, BATCH, 16)
                            .learner()
                            .orElseThrow());
            // some orders of the examples end where half of them are still a coin's toss: this one does not
            var order = new Random(7);
            var rows = new Examples(0);
            for (var r = 0; r < 8_000; r++) {
                var a = order.nextInt(2);
                var b = order.nextInt(2);
                rows.begin();
                rows.add(a, 1);
                rows.add(2 + b, 1);
                rows.end(a ^ b, 1, 0, 0, r);
            }

            var trainer = learned(config, rows);

            for (var r = 0; r < 50; r++) {
                assertThat(trainer.predict(rows, r)).isCloseTo(rows.labels[r], within(0.1f));
            }
        }
    }

    @Nested
    class Cells_of_layers {
        @Test
        void stand_behind_those_of_features_in_whole_pages() {
            var trainer = new Trainer(config(LossKind.LOGISTIC, 0.1, Activation.RELU, BATCH, 5), List.of());

            // 3 x 5 and 5 x 1 weights and their biases, in rows of 16 floats
            assertThat(trainer.cells().count).isEqualTo(2 * Cells.PAGE);
            assertThat(trainer.cells().data[DENSE]).isNotZero();
            assertThat(trainer.cells().data[DENSE + (4 + 6) * 16 - 1]).isZero();
        }

        @Test
        void are_changes_for_all_readers_from_the_beginning() {
            var cells = new Trainer(config(LossKind.LOGISTIC, 0.1, Activation.RELU, BATCH, 5), List.of()).cells();

            assertThat(cells.changed(1, Cells.STORE)).isTrue();
            assertThat(cells.changed(1, Cells.VERSION)).isTrue();
            assertThat(cells.digest()).isNotZero();
        }
    }
}
