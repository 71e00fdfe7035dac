package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import io.millrace.feature.ExampleText;
import io.millrace.feature.Examples;
import io.millrace.kernel.Digest;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What a [Trainer] owes under every spec. A new loss or optimizer is tested by extending this with its config.
abstract class LearnerContract {
    private static final int COUNT = 3_000;

    private final Examples rows = labelled(Rows.random(Seed.random(), COUNT));

    abstract LearnConfig config();

    /// The same rows with labels that go with the config.
    Examples labelled(Examples rows) {
        return rows;
    }

    private float[] predicted(Trainer trainer, int row) {
        var prediction = new float[config().outcome().outputs()];
        trainer.predict(rows, row, prediction);
        return prediction;
    }

    /// Examples a step.
    int batch() {
        return 1;
    }

    private Trainer trainer() {
        return new Trainer(config(), Rows.NUMBERS);
    }

    private Trainer learned(Examples... batches) {
        var trainer = trainer();
        for (var batch : batches) {
            trainer.learn(batch);
        }
        return trainer;
    }

    /// All that is learned, as text, so that a difference can be read.
    private static List<String> everything(Trainer trainer) {
        var all = new ArrayList<String>();
        all.add(trainer.state().toString());
        all.add("digest " + trainer.digest());
        for (var index = 0; index < trainer.cells().data.length; index++) {
            var bits = Float.floatToRawIntBits(trainer.cells().data[index]);
            if (bits != 0) {
                all.add(index + ": " + bits);
            }
        }
        return all;
    }

    @Nested
    class The_same_examples {
        @Test
        void give_the_same_bits_at_once_and_one_by_one() {
            var atOnce = learned(rows);

            var oneByOne = trainer();
            for (var i = 0; i < COUNT; i++) {
                oneByOne.learn(Rows.slice(rows, i, i + 1));
            }

            assertThat(everything(oneByOne)).isEqualTo(everything(atOnce));
        }

        @Test
        void are_left_as_they_were() {
            var before = ExampleText.of(rows);

            learned(rows);

            assertThat(ExampleText.of(rows)).isEqualTo(before);
        }

        @Test
        void give_other_weights_in_another_order() {
            var turned = learned(Rows.slice(rows, COUNT / 2, COUNT), Rows.slice(rows, 0, COUNT / 2));

            assertThat(turned.digest()).isNotEqualTo(learned(rows).digest());
        }
    }

    @Nested
    class A_state {
        @Test
        void goes_on_with_the_same_bits_from_any_point() {
            var whole = everything(learned(rows));

            for (var cut : new int[] {0, 1, 2, 1023, 1024, 1025, 2_500, COUNT}) {
                var first = learned(Rows.slice(rows, 0, cut));
                var second = trainer();
                second.learn(Rows.slice(rows, 100, 200)); // to be forgotten
                second.reset();
                copyCells(first, second);
                second.restore(first.state());
                second.learn(Rows.slice(rows, cut, COUNT));

                assertThat(everything(second)).as("cut at %d", cut).isEqualTo(whole);
            }
        }

        @Test
        void is_a_copy() {
            var trainer = learned(Rows.slice(rows, 0, 10));
            var state = trainer.state();
            var before = state.toString();

            trainer.learn(rows);

            assertThat(state).hasToString(before);
        }

        private void copyCells(Trainer from, Trainer to) {
            for (var page = 0; page < to.cells().pages(); page++) {
                var first = page * Cells.PAGE * to.cells().stride;
                System.arraycopy(from.cells().data, first, to.cells().data, first, Cells.PAGE * to.cells().stride);
                to.cells().rewrite(page);
            }
        }
    }

    @Nested
    class Learning {
        @Test
        void beats_the_best_constant() {
            var metrics = learned(rows).progress().metrics();
            var metric = metrics.containsKey("log-loss") ? "log-loss" : "rmse";

            assertThat(metrics.get(metric)).isLessThan(metrics.get(metric + ".constant"));
        }

        @Test
        void counts_examples_and_the_latest_time() {
            var trainer = learned(rows);

            assertThat(trainer.examples()).isEqualTo(COUNT);
            assertThat(trainer.eventTime())
                    .isEqualTo(Arrays.stream(rows.times, 0, COUNT).max().getAsLong());
            assertThat(trainer.refused())
                    .isEqualTo(IntStream.range(0, COUNT)
                            .filter(row -> Float.isNaN(rows.labels[row]))
                            .count())
                    .isPositive();
        }

        @Test
        void allocates_nothing_once_it_is_warm() {
            var trainer = learned(rows, rows, rows);
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            var before = threads.getCurrentThreadAllocatedBytes();

            for (var pass = 0; pass < 10; pass++) {
                trainer.learn(rows);
            }

            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(COUNT);
        }

        private static List<Integer> changed(Trainer trainer) {
            return IntStream.range(0, (1 << Rows.BITS) / Cells.PAGE) // those of features
                    .filter(page -> trainer.cells().changed(page, Cells.STORE))
                    .boxed()
                    .toList();
        }

        @Test
        void marks_pages_whose_cells_changed_and_no_other() {
            var trainer = trainer();

            trainer.learn(Rows.slice(rows, 0, batch()));

            var named = IntStream.range(0, rows.rows[batch()])
                    .map(j -> rows.indices[j] / Cells.PAGE)
                    .sorted()
                    .distinct()
                    .boxed()
                    .toList();
            assertThat(named).contains(0, 3);
            assertThat(changed(trainer)).isEqualTo(named);
        }

        @Test
        void after_a_reset_begins_anew() {
            var trainer = learned(rows);

            trainer.reset();

            assertThat(everything(trainer)).isEqualTo(everything(trainer()));
            assertThat(changed(trainer)).isEmpty();
        }

        @Test
        void takes_new_features_and_does_without_old_ones() {
            var trainer = learned(rows);
            var strange = new Examples(Rows.NUMBERS.size());
            strange.begin();
            strange.add(4095, Float.NaN);
            strange.add(4094, Float.NaN);
            strange.add(3_000, 1);
            strange.end(1, 1, 0, 0, 0);

            for (var k = 0; k < batch(); k++) {
                trainer.learn(strange);
            }

            var weightOfOne = config().outcome().isMulticlass() ? trainer.cells().each : 0;
            var weight = trainer.cells().data[3_000 * trainer.cells().stride + weightOfOne];
            assertThat(batch() == 1 ? weight : weight * weight).isPositive();
        }
    }

    @Nested
    class A_prediction {
        @Test
        void has_the_bits_of_one_made_with_weights_kept_elsewhere() {
            var trainer = learned(Rows.slice(rows, 0, 2_000));
            var weights = trainer.cells().data.clone();
            var parameters = config().parameters();
            var each = trainer.cells().each;
            var scalers = trainer.scalers();
            var scoring = new Scoring(config(), Rows.NUMBERS);

            for (var row = 0; row < COUNT; row++) {
                Scoring.Weights elsewhere = (index, into, at) -> {
                    for (var k = 0; k < parameters; k++) {
                        into[at + k] = weights[(index * parameters + k) * each];
                    }
                };
                assertThat(scoring.predict(rows, row, elsewhere, scalers)).isEqualTo(predicted(trainer, row));
            }
        }

        @Test
        void learns_nothing() {
            var trainer = learned(rows);
            var before = everything(trainer);

            predicted(trainer, 0);

            assertThat(everything(trainer)).isEqualTo(before);
        }

        @Test
        void is_what_the_example_is_scored_by_before_it_is_learned() {
            var trainer = trainer();
            var expected = config().outcome().progress();
            for (var i = 0; i < 100; i++) {
                if (!Float.isNaN(rows.labels[i])) {
                    expected.add(predicted(trainer, i), 0, rows.labels[i], 1);
                }
                trainer.learn(Rows.slice(rows, i, i + 1));
            }

            assertThat(trainer.progress().metrics()).isEqualTo(expected.metrics());
        }
    }

    @Nested
    class The_digest {
        @Test
        void is_that_of_all_cells_however_it_was_kept_up() {
            var trainer = trainer();
            for (var i = 0; i < COUNT; i += 500) {
                trainer.learn(Rows.slice(rows, i, i + 500));
                trainer.digest();
            }

            var sum = 0L;
            for (var number = 0; number < config().parameters() * trainer.cells().count; number++) {
                sum += Digest.mix(number, trainer.cells().data[number * trainer.cells().each]);
            }

            assertThat(trainer.digest()).isEqualTo(sum).isNotZero();
        }
    }
}
