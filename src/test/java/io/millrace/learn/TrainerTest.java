package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.schema.ScalerState;
import io.millrace.schema.TrainerState;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final List<NumberFeature> NO_NUMBERS = List.of();

    /// One row of pairs of index and value.
    private static Examples row(float label, float... pairs) {
        return numbered(0, label, 1, pairs);
    }

    private static Examples numbered(int numbers, float label, float weight, float... pairs) {
        var row = new Examples(numbers);
        row.begin();
        for (var j = 0; j < pairs.length; j += 2) {
            row.add((int) pairs[j], pairs[j + 1]);
        }
        row.end(label, weight, 0, 0, 0);
        return row;
    }

    /// By hand, with rate 0.5 and the constant at index 0:
    ///
    /// | t | row | y | m | p | w0, w1, w2 after |
    /// |---|---|---|---|---|---|
    /// | 1 | 1, x1 = 1 | 1 | 0 | 1/2 | 1/4, 1/4, 0 |
    /// | 2 | 1, x2 = 2 | 0 | 1/4 | 0.562177 | -0.031088, 1/4, -0.562177 |
    /// | 3 | 1, x1 = 1, x2 = -1 | 1 | 0.781088 | 0.685915 | 0.125955, 0.407043, -0.719219 |
    @Nested
    class Three_steps_of_logistic_loss {
        private final Trainer trainer = new Trainer(Rows.learn(LossKind.LOGISTIC, 0.5, 0), NO_NUMBERS);

        @Test
        void are_those_done_by_hand() {
            trainer.learn(row(1, 0, 1, 1, 1));
            assertWeights(0.25, 0.25, 0);

            var p2 = trainer.predict(row(0, 0, 1, 2, 2), 0);
            assertThat(p2).isCloseTo(0.562177f, within(1e-6f));
            trainer.learn(row(0, 0, 1, 2, 2));
            assertWeights(0.25 - 0.5 * 0.562177, 0.25, -0.5 * 0.562177 * 2);

            var p3 = trainer.predict(row(1, 0, 1, 1, 1, 2, -1), 0);
            assertThat(p3).isCloseTo(0.685915f, within(1e-6f));
            trainer.learn(row(1, 0, 1, 1, 1, 2, -1));
            assertWeights(0.125955, 0.407043, -0.719219);

            var loss = -(Math.log(0.5) + Math.log(1 - 0.562177) + Math.log(0.685915)) / 3;
            assertThat(trainer.progress().metrics().get("log-loss")).isCloseTo(loss, within(1e-6));
        }

        private void assertWeights(double... expected) {
            for (var index = 0; index < expected.length; index++) {
                assertThat((double) trainer.cells().data[index])
                        .as("w%d", index)
                        .isCloseTo(expected[index], within(1e-6));
            }
        }
    }

    /// By hand, squared loss with rate 1/8, the constant at index 0 and the same number x twice: inclusive at index 5,
    /// not
    /// so at index 6. z5 and z6 are what it is scaled to for the step, p what was predicted before that.
    ///
    /// | t | x | y | p | z5 | z6 | m | w0, w5, w6 after |
    /// |---|---|---|---|---|---|---|---|
    /// | 1 | 1 | 4 | 0 | 0 | 0 | 0 | 1, 0, 0 |
    /// | 2 | 3 | 3 | 1 | 1 | 0 | 1 | 3/2, 1/2, 0 |
    /// | 3 | 5 | 2 | 3 | √(3/2) | 3 | 2.112372 | 1.471907, 0.465593, -0.084279 |
    @Nested
    class Three_steps_with_an_inclusive_number {
        private static final List<NumberFeature> NUMBERS =
                List.of(new NumberFeature(5, Scale.STANDARD_INCLUSIVE), new NumberFeature(6, Scale.STANDARD));

        private final Trainer trainer = new Trainer(Rows.learn(LossKind.SQUARED, 0.125, 0), NUMBERS);

        private static void add(Examples rows, float x, float label) {
            rows.begin();
            rows.add(5, x);
            rows.add(6, x);
            rows.add(0, 1);
            rows.end(label, 1, 0, 0, 0);
        }

        @Test
        void are_those_done_by_hand() {
            var rows = new Examples(2);
            add(rows, 1, 4);
            add(rows, 3, 3);
            add(rows, 5, 2);

            trainer.learn(rows);

            var w = trainer.cells().data;
            assertThat(w[0]).isCloseTo(1.471907f, within(1e-6f));
            assertThat(w[5]).isCloseTo(0.465593f, within(1e-6f));
            assertThat(w[6]).isCloseTo(-0.084279f, within(1e-6f));
            assertThat(trainer.progress().metrics().get("mae")).isCloseTo(7 / 3.0, within(1e-6));
        }

        @Test
        void are_the_same_wherever_a_batch_ends() {
            var rows = new Examples(2);
            for (var t = 0; t < 50; t++) {
                add(rows, t * t % 7, t % 3);
            }
            var whole = new Trainer(Rows.learn(LossKind.SQUARED, 0.125, 0), NUMBERS);
            whole.learn(rows);

            for (var t = 0; t < 50; t += 5) {
                trainer.learn(Rows.slice(rows, t, t + 5));
            }

            assertThat(trainer.cells().data).isEqualTo(whole.cells().data);
            assertThat(trainer.state()).isEqualTo(whole.state());
        }
    }

    /// By hand, with rate 1/8, so that all numbers are exact; the step is 1/8 · 2 (y - p) = (y - p) / 4:
    ///
    /// | t | row | y | p | w0, w1, w2 after |
    /// |---|---|---|---|---|
    /// | 1 | 1, x1 = 1 | 4 | 0 | 1, 1, 0 |
    /// | 2 | 1, x2 = 2 | -3 | 1 | 0, 1, -2 |
    /// | 3 | 1, x1 = 1, x2 = -1 | 1 | 3 | -1/2, 1/2, -3/2 |
    @Nested
    class Three_steps_of_squared_loss {
        @Test
        void are_those_done_by_hand() {
            var trainer = new Trainer(Rows.learn(LossKind.SQUARED, 0.125, 0), NO_NUMBERS);

            trainer.learn(row(4, 0, 1, 1, 1));
            trainer.learn(row(-3, 0, 1, 2, 2));
            trainer.learn(row(1, 0, 1, 1, 1, 2, -1));

            assertThat(trainer.cells().data).startsWith(-0.5f, 0.5f, -1.5f);
            assertThat(trainer.progress().metrics())
                    .containsEntry("mae", (4.0 + 4 + 2) / 3)
                    .containsEntry("rmse", Math.sqrt((16.0 + 16 + 4) / 3));
        }
    }

    @Nested
    class The_rate {
        @ParameterizedTest
        @CsvSource({"0, 0.25", "0.5, 0.125", "1, 0.0625"})
        void falls_with_the_number_of_the_example(double powerT, float expected) {
            var trainer = new Trainer(Rows.learn(LossKind.SQUARED, 0.25, powerT), NO_NUMBERS);
            for (var t = 1; t < 4; t++) {
                trainer.learn(row(0, 0, 1));
            }

            trainer.learn(row(1, 0, 1));

            assertThat(trainer.cells().data[0]).isEqualTo(2 * expected);
        }
    }

    @Nested
    class An_example_of_weight_3 {
        @Test
        void takes_a_step_of_thrice_the_size_and_counts_thrice() {
            var trainer = new Trainer(Rows.learn(LossKind.SQUARED, 0.125, 0), NO_NUMBERS);

            trainer.learn(numbered(0, 1, 3, 0, 1));
            trainer.learn(numbered(0, 0.75f, 1, 0, 1));

            assertThat(trainer.cells().data[0]).isEqualTo(0.75f);
            assertThat(trainer.progress().metrics()).containsEntry("mae", 0.75);
        }
    }

    @Nested
    class A_scaled_number {
        private final Trainer trainer =
                new Trainer(Rows.learn(LossKind.SQUARED, 0.125, 0), List.of(new NumberFeature(1, Scale.STANDARD)));

        @Test
        void is_scaled_by_what_came_before_it() {
            trainer.learn(numbered(1, 0, 1, 1, 10, 0, 1));
            trainer.learn(numbered(1, 0, 1, 1, 14, 0, 1));
            assertThat(trainer.cells().data[1]).isZero(); // no variance yet, so z was 0

            trainer.learn(numbered(1, 4, 1, 1, 16, 0, 1)); // mean 12, deviation 2: z = 2, p = 0

            assertThat(trainer.cells().data).startsWith(1, 2);
            assertThat(trainer.scalers())
                    .containsExactly(new ScalerState(3L, 12 + 4.0 / 3, 8 + 4 * (16 - (12 + 4.0 / 3))));
        }

        @Test
        void that_is_missing_contributes_nothing_and_is_not_counted() {
            trainer.learn(numbered(1, 0, 1, 1, 10, 0, 1));
            trainer.learn(numbered(1, 0, 1, 1, 14, 0, 1));
            var before = trainer.scalers();

            trainer.learn(numbered(1, 4, 1, 1, Float.NaN, 0, 1));

            assertThat(trainer.cells().data).startsWith(1, 0);
            assertThat(trainer.scalers()).isEqualTo(before);
        }
    }

    @Nested
    class A_step_that_would_not_be_finite {
        private final List<NumberFeature> plain = List.of(new NumberFeature(1, Scale.NONE));

        @Test
        void is_refused_and_counted() {
            var trainer = new Trainer(Rows.learn(LossKind.SQUARED, 10, 0), plain);
            for (var i = 0; i < 1_000; i++) {
                trainer.learn(numbered(1, i % 2 == 0 ? 1e15f : -1e15f, 1, 1, i % 3 == 0 ? 1e15f : -1e15f, 0, 1));
            }

            assertThat(trainer.refused()).isPositive();
            assertThat(trainer.examples()).isEqualTo(1_000);
            assertThat(trainer.cells().data).doesNotContain(Float.NaN);
            for (var weight : trainer.cells().data) {
                assertThat(Float.isFinite(weight)).isTrue();
            }
            assertThat(trainer.progress().metrics().values())
                    .allSatisfy(value -> assertThat(value).isFinite());
        }

        @Test
        void does_not_stop_the_next_one() {
            var trainer = new Trainer(Rows.learn(LossKind.LOGISTIC, 1, 0), plain);

            trainer.learn(numbered(1, 1, 1, 1, Float.MAX_VALUE, 0, 1));
            trainer.learn(numbered(1, 1, 1, 1, 1, 0, 1));

            assertThat(trainer.refused()).isEqualTo(1);
            assertThat(trainer.cells().data).startsWith(0.5f, 0.5f);
        }

        @ParameterizedTest
        @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN})
        void is_not_taken_where_a_value_is_no_number(float value) {
            var trainer = new Trainer(Rows.learn(LossKind.LOGISTIC, 1, 0), NO_NUMBERS);
            trainer.learn(row(1, 0, 1, 1, 1));

            trainer.learn(row(1, 0, 1, 1, value));

            assertThat(trainer.refused()).isEqualTo(1);
            assertThat(trainer.cells().data).startsWith(0.5f, 0.5f);
            assertThat(trainer.progress().metrics().get("log-loss")).isFinite();
        }
    }

    @Nested
    class A_margin_that_overflows {
        @Test
        void takes_no_step() {
            var trainer = new Trainer(Rows.learn(LossKind.LOGISTIC, 10, 0), NO_NUMBERS);
            trainer.learn(row(1, 0, 1e37f));
            var before = trainer.cells().data.clone();

            trainer.learn(row(1, 0, 1e37f));

            assertThat(trainer.refused()).isEqualTo(1);
            assertThat(trainer.cells().data).isEqualTo(before);
        }
    }

    @Nested
    class The_time {
        @Test
        void is_the_latest_and_not_the_last() {
            var trainer = new Trainer(Rows.learn(LossKind.SQUARED, 0.5, 0), NO_NUMBERS);
            for (var time : new long[] {3, 5, 4}) {
                var row = row(1, 0, 1);
                row.times[0] = time;
                trainer.learn(row);
            }

            assertThat(trainer.eventTime()).isEqualTo(5);
        }
    }

    @Nested
    class A_label {
        @ParameterizedTest
        @CsvSource({"LOGISTIC, 0.5", "LOGISTIC, -1", "LOGISTIC, NaN", "SQUARED, NaN", "SQUARED, Infinity"})
        void that_is_none_of_the_loss_is_counted_and_not_learned(LossKind loss, float label) {
            var trainer = new Trainer(Rows.learn(loss, 0.5, 0), NO_NUMBERS);

            trainer.learn(row(label, 0, 1));

            assertThat(trainer.refused()).isEqualTo(1);
            assertThat(trainer.examples()).isEqualTo(1);
            assertThat(trainer.cells().data).containsOnly(0);
            assertThat(trainer.progress().metrics()).isEmpty();
        }
    }

    @Nested
    class What_does_not_fit {
        private final Trainer trainer = new Trainer(Rows.learn(LossKind.SQUARED, 0.5, 0), Rows.NUMBERS);

        @Test
        void is_refused_where_it_is_a_batch() {
            assertThatThrownBy(() -> trainer.learn(new Examples(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the batch has 1 number features a row: expected 2");
        }

        @Test
        void is_refused_where_it_is_a_state() {
            var scalers = List.of(new ScalerState(0L, 0.0, 0.0));
            assertThatThrownBy(() -> trainer.restore(
                            new TrainerState(0L, 0L, 0L, scalers, List.of(), List.of(), ByteBuffer.allocate(0))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the state has 1 scalers: expected 2");
        }
    }
}
