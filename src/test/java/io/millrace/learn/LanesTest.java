package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Seed;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.NumberFeature;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LanesConfig.By;
import io.millrace.learn.LanesConfig.Publish;
import io.millrace.learn.LanesConfig.Strata;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each lane is the model that it would be alone, whatever the others do; which one is served follows from the
/// examples.
class LanesTest {
    private static final Optional<List<Double>> NONE = Optional.empty();
    private static final Optional<List<Double>> RATES = Optional.of(List.of(0.01, 0.05, 9.9));

    private final Random random = Seed.random();

    static LanesConfig grid(Optional<List<Double>> rates, Optional<List<Double>> l1, Optional<List<Double>> l2) {
        return new LanesConfig(
                rates, l1, l2, NONE, OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// Rows short enough to be summed in order by a model that is alone, too; weights of some are not 1.
    private static Examples rows(Random random, int count) {
        var all = Rows.random(random, count);
        var some = new Examples(all.numbers);
        for (var i = 0; i < all.size; i++) {
            if (all.rows[i + 1] - all.rows[i] > Kernel.SHORT) {
                continue;
            }
            some.begin();
            for (var j = all.rows[i]; j < all.rows[i + 1]; j++) {
                some.add(all.indices[j], all.values[j]);
            }
            some.end(all.labels[i], i % 9 == 0 ? 2.5f : 1, all.ids[i], all.groups[i], all.times[i]);
        }
        return some;
    }

    private static float[] lane(Cells cells, int lane) {
        var floats = new float[cells.count * cells.stride / cells.lanes];
        for (var k = 0; k < floats.length; k++) {
            floats[k] = cells.data[k * cells.lanes + lane];
        }
        return floats;
    }

    static Stream<Arguments> all() {
        var all = new ArrayList<Arguments>();
        for (var loss : new LossKind[] {LossKind.LOGISTIC, LossKind.HINGE, LossKind.SQUARED, LossKind.POISSON}) {
            for (var optimizer : OptimizerKind.values()) {
                for (var kernel : new KernelChoice[] {KernelChoice.SCALAR, KernelChoice.SIMD}) {
                    all.add(Arguments.of(loss, optimizer, kernel));
                }
            }
        }
        return all.stream();
    }

    /// A rate of 9.9 diverges here and there: its steps are refused, and the lanes beside it do not notice.
    @ParameterizedTest
    @MethodSource("all")
    void each_of_a_grid_has_the_bits_of_a_model_of_its_own(
            LossKind loss, OptimizerKind optimizer, KernelChoice kernel) {
        var base = OptimizerTest.config(optimizer, 0.02, Map.of("clip", 5.0));
        var powers = optimizer == OptimizerKind.FTRL ? NONE : Optional.of(List.of(0.0, 0.4));
        var lanes = new LanesConfig(
                RATES,
                NONE,
                Optional.of(List.of(0.0, 1e-3)),
                powers,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        var config = new LearnConfig(loss, base, Rows.BITS);
        var rows = rows(random, 3_000);
        var side = new Trainer(config.withLanes(lanes), Rows.NUMBERS, kernel.kernel());

        side.learn(rows);

        var settings = lanes.optimizers(base);
        assertThat(settings).hasSize(side.cells().lanes).hasSize(optimizer == OptimizerKind.FTRL ? 6 : 12);
        for (var lane = 0; lane < settings.size(); lane++) {
            var alone = new Trainer(new LearnConfig(loss, settings.get(lane), Rows.BITS), Rows.NUMBERS);
            alone.learn(rows);
            assertThat(lane(side.cells(), lane))
                    .as("lane %d, %s", lane, settings.get(lane))
                    .isEqualTo(alone.cells().data);
            var name = config.outcome().metric();
            var progress = alone.progress().metrics();
            assertClose(side.metrics().get(name + ".lane-" + lane), progress.get(name));
            assertClose(side.metrics().get(name + ".lane-" + lane + ".decayed"), progress.get(name + ".decayed"));
        }
        assertThat(side.digest()).isNotZero();
    }

    /// A number that a step counts before it is taken: predictions are made with what was before it.
    @Test
    void take_inclusive_steps_as_models_of_their_own() {
        var numbers =
                List.of(new NumberFeature(4095, Scale.STANDARD_INCLUSIVE), new NumberFeature(4094, Scale.STANDARD));
        var config = new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, 0.5, 0), Rows.BITS);
        var rows = rows(random, 2_000);
        var side = new Trainer(config.withLanes(grid(Optional.of(List.of(0.01, 0.1)), NONE, NONE)), numbers);

        side.learn(rows);

        for (var lane = 0; lane < 2; lane++) {
            var optimizer = new OptimizerConfig(OptimizerKind.SGD, lane == 0 ? 0.01 : 0.1, 0);
            var alone = new Trainer(new LearnConfig(LossKind.LOGISTIC, optimizer, Rows.BITS), numbers);
            alone.learn(rows);
            assertThat(lane(side.cells(), lane)).isEqualTo(alone.cells().data);
            assertClose(
                    side.metrics().get("log-loss.lane-" + lane),
                    alone.progress().metrics().get("log-loss"));
        }
    }

    private static void assertClose(Double found, Double expected) {
        assertThat(found / expected).isBetween(1 - 1e-9, 1 + 1e-9);
    }

    static Stream<Arguments> states() {
        var all = new ArrayList<Arguments>();
        for (var optimizer : OptimizerKind.values()) {
            all.add(Arguments.of(optimizer, grid(RATES, Optional.of(List.of(0.0, 1e-4)), NONE)));
        }
        for (var by : By.values()) {
            all.add(Arguments.of(OptimizerKind.ADAM, FoldsTest.folds(4, by, null)));
            all.add(Arguments.of(OptimizerKind.ADAM, FoldsTest.folds(4, by, Strata.CLASS)));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("states")
    void go_on_from_a_state_with_the_same_bits(OptimizerKind optimizer, LanesConfig lanes) {
        var base = OptimizerTest.config(optimizer, 0.02, Map.of());
        var config = new LearnConfig(LossKind.LOGISTIC, base, Rows.BITS).withLanes(lanes);
        var rows = Rows.random(random, 6_000);
        for (var i = 0; i < rows.size; i++) {
            rows.groups[i] = rows.groups[i] & 2047;
        }
        var whole = new Trainer(config, Rows.NUMBERS);
        whole.learn(rows);
        var cut = random.nextInt(rows.size);
        var first = new Trainer(config, Rows.NUMBERS);
        first.learn(Rows.slice(rows, 0, cut));

        var second = new Trainer(config, Rows.NUMBERS, Kernel.simd());
        second.learn(Rows.slice(rows, rows.size - 1_500, rows.size)); // to be forgotten
        second.reset();
        System.arraycopy(first.cells().data, 0, second.cells().data, 0, first.cells().data.length);
        for (var page = 0; page < second.cells().pages(); page++) {
            second.cells().rewrite(page);
        }
        first.groups().ifPresent(groups -> {
            for (var page = 0; page * GroupFolds.PAGE < groups.size(); page++) {
                second.groups().orElseThrow().restore(groups.page(page));
            }
        });
        second.restore(first.state());
        for (var row = cut; row < rows.size; row++) {
            second.learn(Rows.slice(rows, row, row + 1));
        }

        assertThat(second.state()).as("cut at %d", cut).isEqualTo(whole.state());
        assertThat(second.cells().data).isEqualTo(whole.cells().data);
        assertThat(second.digest()).isEqualTo(whole.digest()).isNotZero();
        assertThat(second.versionDigest()).isEqualTo(whole.versionDigest()).isNotZero();
        assertThat(second.lane()).isEqualTo(whole.lane());
        assertThat(second.metrics()).isEqualTo(whole.metrics());
    }

    @Nested
    class The_served_lane {
        private final LearnConfig config = new LearnConfig(
                        LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, 0.5, 0), Rows.BITS)
                .withLanes(grid(Optional.of(List.of(1e-6, 0.02)), NONE, NONE));

        @Test
        void is_the_first_until_another_was_better_for_some_windows() {
            var trainer = new Trainer(config, Rows.NUMBERS);
            var rows = rows(random, 12_000);
            var learned = 0;
            while (trainer.lane() == 0) {
                trainer.learn(Rows.slice(rows, learned, learned + 1));
                learned++;
            }

            var accepted = trainer.examples() - trainer.refused();

            assertThat(accepted).isEqualTo(1024 * LaneChoice.WINDOWS);
            assertThat(trainer.metrics().get("log-loss.lane-1"))
                    .isLessThan(trainer.metrics().get("log-loss.lane-0"));
        }

        @Test
        void predicts_and_has_the_digest_of_its_weights_alone() {
            var trainer = new Trainer(config, Rows.NUMBERS);
            trainer.learn(rows(random, 6_000));
            var alone = new Trainer(
                    new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, 0.02, 0), Rows.BITS),
                    Rows.NUMBERS);
            var rows = rows(random, 3_000);
            trainer.reset();
            for (var again = 0; again < 3; again++) {
                trainer.learn(rows);
                alone.learn(rows);
            }

            assertThat(trainer.lane()).isEqualTo(1);
            assertThat(trainer.versionDigest()).isEqualTo(alone.digest()).isNotEqualTo(trainer.digest());
            assertThat(trainer.predict(rows, 7)).isEqualTo(alone.predict(rows, 7));
        }

        private Examples labelled(int count) {
            var all = rows(random, count);
            var some = new Examples(all.numbers);
            for (var i = 0; i < all.size; i++) {
                if (!Float.isNaN(all.labels[i])) {
                    copy(all, some, i);
                }
            }
            return some;
        }

        @Test
        void is_the_one_whose_predictions_are_progress() {
            var trainer = new Trainer(config, Rows.NUMBERS);
            var alone = new Trainer(
                    new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, 0.02, 0), Rows.BITS),
                    Rows.NUMBERS);
            var rows = labelled(8_000);
            var switched = 1024 * LaneChoice.WINDOWS;
            for (var each : List.of(trainer, alone)) {
                each.learn(Rows.slice(rows, 0, switched));
                each.progress().reset();
                each.learn(Rows.slice(rows, switched, rows.size));
            }

            assertThat(trainer.lane()).isEqualTo(1);
            assertThat(trainer.progress().metrics()).isEqualTo(alone.progress().metrics());
        }

        @Test
        void is_the_same_one_after_a_restore() {
            var trainer = new Trainer(config, Rows.NUMBERS);
            var rows = labelled(8_000);
            trainer.learn(rows);
            var again = new Trainer(config, Rows.NUMBERS);
            System.arraycopy(trainer.cells().data, 0, again.cells().data, 0, trainer.cells().data.length);
            for (var page = 0; page < again.cells().pages(); page++) {
                again.cells().rewrite(page);
            }

            again.restore(trainer.state());

            assertThat(again.lane()).isEqualTo(trainer.lane()).isEqualTo(1);
            assertThat(again.versionDigest()).isEqualTo(trainer.versionDigest()).isNotEqualTo(trainer.digest());
            assertThat(again.predict(rows, 3)).isEqualTo(trainer.predict(rows, 3));
        }

        /// At a rate of 9.9 the squared loss diverges, and steps are refused.
        @Test
        void alone_has_its_steps_counted_where_they_are_refused() {
            var squared = new LearnConfig(LossKind.SQUARED, new OptimizerConfig(OptimizerKind.SGD, 0.5, 0), Rows.BITS);
            var rows = labelled(8_000);
            var good = new Trainer(squared.withLanes(grid(Optional.of(List.of(0.001, 9.9)), NONE, NONE)), Rows.NUMBERS);
            good.learn(rows);
            var bad = new Trainer(squared.withLanes(grid(Optional.of(List.of(9.9, 0.001)), NONE, NONE)), Rows.NUMBERS);
            bad.learn(Rows.slice(rows, 0, 1024 * LaneChoice.WINDOWS));
            var refused = bad.refused();
            bad.learn(Rows.slice(rows, 1024 * LaneChoice.WINDOWS, rows.size));

            assertThat(good.refused()).isZero();
            assertThat(bad.lane()).isEqualTo(1);
            assertThat(bad.refused()).isEqualTo(refused).isGreaterThan(1_000);
        }

        @Test
        void of_folds_is_the_last_however_much_less_another_loses() {
            var lanes = FoldsTest.folds(4, By.ID, null);
            var folds = new Folds(lanes);
            var rows = labelled(8_000);
            for (var i = 0; i < rows.size; i++) {
                var isEasy = folds.deal(rows.ids[i], rows.groups[i], 0) == 0;
                rows.labels[i] = !isEasy && random.nextInt(3) == 0 ? 1 - rows.labels[i] : rows.labels[i];
            }
            var trainer = new Trainer(
                    new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, 0.02, 0), Rows.BITS)
                            .withLanes(lanes),
                    Rows.NUMBERS);

            trainer.learn(rows);

            assertThat(trainer.metrics().get("log-loss.lane-0.decayed"))
                    .isLessThan(0.97 * trainer.metrics().get("log-loss.lane-4.decayed"));
            assertThat(trainer.lane()).isEqualTo(4);
        }

        @Test
        void is_the_first_of_those_that_lose_least_and_a_restart_counts_on() {
            var losses = new double[] {0.5, 0.4, 0.4};
            var choice = new LaneChoice();
            for (var window = 1; window < LaneChoice.WINDOWS; window++) {
                assertThat(choice.consider(losses)).isFalse();
            }
            var restarted = new LaneChoice();
            restarted.restore(choice.state());

            assertThat(restarted.consider(losses)).isTrue();
            assertThat(restarted.served()).isEqualTo(1);
        }

        /// After a long time in which lane 0 was better: a mean over all would have it served for as long again.
        @Test
        void is_the_one_that_has_lost_least_lately() {
            var lanes = grid(Optional.of(List.of(0.1, 0.2)), NONE, NONE);
            var board = new LaneBoard(
                    config.withLanes(lanes),
                    lanes,
                    new Cells(1 << 10, 1, 2, false),
                    config.outcome().progress());
            board.reset();
            var row = new Examples(0);
            row.begin();
            row.end(1, 1, 0, 0, 0);
            var windows = 0;
            for (; windows < 200 && board.served() == 0; windows++) {
                var better = windows < 100 ? 0.9f : 0.5f;
                for (var k = 0; k < 1024; k++) {
                    board.score(row, 0, new float[] {better, 0.7f});
                    board.choose();
                }
            }

            assertThat(board.served()).isEqualTo(1);
            assertThat(windows).isLessThan(140);
        }

        @Test
        void is_not_another_that_is_hardly_better_or_not_for_long() {
            var choice = new LaneChoice();
            for (var window = 0; window < 20; window++) {
                assertThat(choice.consider(new double[] {0.5, 0.4996})).isFalse();
            }
            for (var window = 0; window < 20; window++) {
                var pause = window % LaneChoice.WINDOWS == LaneChoice.WINDOWS - 1;
                assertThat(choice.consider(new double[] {0.5, pause ? 0.5 : 0.4}))
                        .isFalse();
            }
            for (var window = 0; window < 20; window++) {
                assertThat(choice.consider(new double[] {0.5, window % 2 == 0 ? 0.4 : 0.42, 0.41}))
                        .isFalse();
            }
            assertThat(choice.served()).isZero();
            choice.consider(new double[] {0.5, 0.5, 0.41});
            choice.consider(new double[] {0.5, 0.5, 0.41});
            choice.consider(new double[] {0.5, 0.5, 0.41});
            choice.consider(new double[] {0.5, 0.5, 0.41});
            assertThat(choice.served()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ADAGRAD, ID,",
        "ADAM, GROUP,",
        "NORMALIZED_ADAPTIVE, ID, CLASS",
        "MOMENTUM, GROUP, CLASS",
        "FTRL, GROUP, CLASS"
    })
    void of_held_out_folds_never_learn_theirs_and_are_scored_on_it(
            OptimizerKind optimizer, By by, @Nullable Strata strata) {
        var config = new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(optimizer, 0.05, 0), Rows.BITS);
        var lanes = FoldsTest.folds(4, by, strata);
        var side = new Trainer(config.withLanes(lanes), List.of());
        var rows = rows(random, 6_000);
        for (var i = 0; i < rows.size; i++) {
            rows.groups[i] = rows.groups[i] & 63;
        }
        var numberless = new Examples(0);
        copyNumberless(rows, numberless);
        side.learn(numberless);

        var dealt = dealt(new Folds(lanes), numberless);
        var losses = 0.0;
        var weights = 0.0;
        for (var fold = 0; fold < 4; fold++) {
            var held = fold;
            var alone = new Trainer(config, List.of());
            var loss = 0.0;
            var weight = 0.0;
            for (var i = 0; i < numberless.size; i++) {
                var one = Rows.slice(numberless, i, i + 1);
                if (dealt[i] != held) {
                    alone.learn(one);
                } else if (!Float.isNaN(one.labels[0])) {
                    var p = alone.predict(one, 0);
                    loss -= one.weights[0] * Math.log(one.labels[0] == 1 ? p : 1 - (double) p);
                    weight += one.weights[0];
                }
            }
            // a power of t is not in play, so to leave examples out is all that makes a difference
            assertThat(lane(side.cells(), fold)).isEqualTo(alone.cells().data);
            assertClose(side.metrics().get("log-loss.lane-" + fold), loss / weight);
            assertThat(weight).isGreaterThan(100);
            losses += loss;
            weights += weight;
        }
        var everything = new Trainer(config, List.of());
        everything.learn(numberless);
        assertThat(lane(side.cells(), 4)).isEqualTo(everything.cells().data);
        assertThat(side.lane()).isEqualTo(4);
        assertClose(side.metrics().get("log-loss.folds"), losses / weights);
    }

    /// The fold of each; -1 of those that no loss of classes accepts.
    private static int[] dealt(Folds folds, Examples rows) {
        var dealt = new int[rows.size];
        for (var i = 0; i < rows.size; i++) {
            dealt[i] = Float.isNaN(rows.labels[i]) ? -1 : folds.deal(rows.ids[i], rows.groups[i], rows.labels[i]);
        }
        return dealt;
    }

    /// Without its two numbers.
    private static void copyNumberless(Examples from, Examples to) {
        for (var i = 0; i < from.size; i++) {
            copy(from, to, i, 2);
        }
    }

    private static void copy(Examples from, Examples to, int i) {
        copy(from, to, i, 0);
    }

    private static void copy(Examples from, Examples to, int i, int skipped) {
        to.begin();
        for (var j = from.rows[i] + skipped; j < from.rows[i + 1]; j++) {
            to.add(from.indices[j], from.values[j]);
        }
        to.end(from.labels[i], from.weights[i], from.ids[i], from.groups[i], from.times[i]);
    }

    @Nested
    class Are_refused {
        private final OptimizerConfig sgd = new OptimizerConfig(OptimizerKind.SGD, 0.1, 0);

        @Test
        void with_a_learner_that_is_not_linear() {
            var config = new LearnConfig(LossKind.LOGISTIC, sgd, 10)
                    .withLearner(new LearnerConfig(LearnerKind.FACTORIZATION_MACHINE));

            assertThatThrownBy(() -> config.withLanes(grid(RATES, NONE, NONE)))
                    .hasMessage("learn.lanes does not go with learn.learner.kind = factorization-machine: expected a"
                            + " linear learner of one margin, as only such models learn side by side");
        }

        @Test
        void where_there_are_too_many_or_none() {
            var many = Optional.of(List.of(0.1, 0.2, 0.3, 0.4, 0.5));

            assertThatThrownBy(() -> grid(many, many, NONE))
                    .hasMessage(
                            "learn.lanes has 25 lanes: expected at most 16, the product of the lengths of its lists");
            assertThatThrownBy(() -> grid(NONE, NONE, NONE))
                    .hasMessage(
                            "learn.lanes has no lanes: expected lists of learning-rate, l1, l2 or power-t, or folds");
            assertThatThrownBy(() -> FoldsTest.folds(16, By.ID, null))
                    .hasMessage("learn.lanes.folds = 16 is out of range: expected 2 to 15");
            assertThatThrownBy(() -> grid(Optional.of(List.of(0.1, 0.1)), NONE, NONE))
                    .hasMessage("learn.lanes.learning-rate = [0.1, 0.1] is no choice: expected one value or more, each"
                            + " once");
        }

        @Test
        void in_strata_of_classes_where_there_are_none_or_no_folds() {
            var squared = new LearnConfig(LossKind.SQUARED, sgd, 10);

            assertThatThrownBy(() -> squared.withLanes(FoldsTest.folds(3, By.ID, Strata.CLASS)))
                    .hasMessage(
                            "learn.lanes.strata = class does not go with learn.loss = squared: expected a loss of two"
                                    + " classes, as a number has none");
            assertThatThrownBy(() -> new LanesConfig(
                            RATES,
                            NONE,
                            NONE,
                            NONE,
                            OptionalInt.empty(),
                            Optional.empty(),
                            Optional.of(Strata.CLASS),
                            Optional.empty()))
                    .hasMessage("learn.lanes.strata does not go with a grid: expected it with folds only");
        }

        @Test
        void with_settings_that_the_optimizer_refuses() {
            var ftrl = new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.FTRL, 0.1, 0), 10);
            var lanes = new LanesConfig(
                    NONE,
                    NONE,
                    NONE,
                    Optional.of(List.of(0.0, 0.5)),
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Publish.ALL));

            assertThatThrownBy(() -> ftrl.withLanes(lanes))
                    .hasMessageStartingWith("learn.lanes: a lane's learn.optimizer.power-t = 0.5 does not go with");
        }
    }
}
