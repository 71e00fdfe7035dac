package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.feature.Examples;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.WithDevice;
import io.millrace.learn.LanesConfig.By;
import io.millrace.learn.LanesConfig.Publish;
import io.millrace.learn.LanesConfig.Strata;
import io.millrace.learn.LearnConfig.DeviceKind;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/// Linear models side by side that learn in mini-batches.
class BatchLanesTest {
    private static final int BITS = 6;
    private static final int BATCH = 20;
    private static final List<Double> RATES = List.of(0.02, 0.1, 0.3);

    private final Random random = Seed.random();

    private static LearnConfig config(LossKind loss, OptimizerConfig optimizer, LanesConfig lanes) {
        var learner = new LearnerConfig(
                LearnerKind.LINEAR,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(BATCH));
        return new LearnConfig(
                loss,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                Optional.of(learner),
                optimizer,
                BITS,
                Optional.of(lanes));
    }

    private static OptimizerConfig optimizer(OptimizerKind kind, double rate, boolean shrinks) {
        var none = OptionalDouble.empty();
        var l = shrinks ? OptionalDouble.of(0.002) : none;
        var powerT = kind == OptimizerKind.FTRL ? 0 : 0.25;
        return new OptimizerConfig(kind, rate, powerT, none, none, none, none, none, none, none, l, l, none);
    }

    private static LanesConfig grid(List<Double> rates) {
        return grid(rates, Optional.empty(), Optional.empty(), Publish.ALL);
    }

    private static LanesConfig grid(
            List<Double> rates, Optional<List<Double>> l1, Optional<List<Double>> l2, Publish publish) {
        return new LanesConfig(
                Optional.of(rates),
                l1,
                l2,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(publish));
    }

    /// One of each kind.
    static List<LanesConfig> lanes() {
        var lanes = new ArrayList<LanesConfig>();
        lanes.add(grid(
                List.of(0.05, 0.4), Optional.of(List.of(0.0, 0.01)), Optional.of(List.of(0.0, 0.02)), Publish.SERVED));
        lanes.add(grid(RATES));
        for (var by : By.values()) {
            lanes.add(folds(3, Optional.of(by), Optional.empty()));
            lanes.add(folds(3, Optional.of(by), Optional.of(Strata.CLASS)));
        }
        return lanes;
    }

    private static LanesConfig folds(int n, Optional<By> by, Optional<Strata> strata) {
        return new LanesConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(n),
                by,
                strata,
                Optional.empty());
    }

    private Examples rows(int count) {
        var rows = new Examples(0);
        for (var r = 0; r < count; r++) {
            rows.begin();
            for (var j = random.nextInt(5); j >= 0; j--) {
                rows.add(random.nextInt(1 << BITS), random.nextInt(5) == 0 ? 0 : (float) random.nextGaussian());
            }
            rows.end(
                    random.nextInt(15) == 0 ? random.nextBoolean() ? Float.NaN : 3 : random.nextInt(2),
                    1 + random.nextInt(2),
                    random.nextLong(),
                    random.nextInt(9),
                    r);
        }
        return rows;
    }

    private static boolean isLabel(float label) {
        return label == 0 || label == 1;
    }

    /// Blocks of any size.
    private static void learn(Trainer trainer, List<Examples> blocks) {
        blocks.forEach(trainer::learn);
    }

    private List<Examples> blocks(int n) {
        var blocks = new ArrayList<Examples>();
        for (var k = 0; k < n; k++) {
            blocks.add(rows(1 + random.nextInt(3 * BATCH)));
        }
        return blocks;
    }

    @ParameterizedTest
    @EnumSource(value = OptimizerKind.class, mode = Mode.EXCLUDE, names = "NORMALIZED_ADAPTIVE")
    void each_lane_has_the_bits_of_a_model_of_its_own(OptimizerKind kind) {
        var blocks = blocks(12);
        var side = new Trainer(
                config(LossKind.LOGISTIC, optimizer(kind, 0.05, true), grid(RATES)), List.of(), Kernel.simd());
        learn(side, blocks);
        for (var lane = 0; lane < RATES.size(); lane++) {
            var rate = RATES.get(lane);
            var alone =
                    new Trainer(config(LossKind.LOGISTIC, optimizer(kind, rate, true), grid(List.of(rate))), List.of());
            learn(alone, blocks);
            var moved = 0;
            for (var index = 0; index < 1 << BITS; index++) {
                assertThat(side.cells().data[side.cells().at(index, lane)])
                        .isEqualTo(alone.cells().data[alone.cells().at(index, 0)]);
                moved += alone.cells().data[alone.cells().at(index, 0)] == 0 ? 0 : 1;
            }
            assertThat(moved).isGreaterThan(20);
        }
    }

    /// Models side by side as the documents say them, in double: sgd by the logistic loss.
    private static final class Plain {
        private final List<OptimizerConfig> settings;
        private final Folds folds;
        private final double[][] w;
        private final double[] losses;
        private final double[] weights;

        Plain(LanesConfig lanes, OptimizerConfig base) {
            settings = lanes.optimizers(base);
            folds = new Folds(lanes);
            w = new double[settings.size()][1 << BITS];
            losses = new double[settings.size()];
            weights = new double[settings.size()];
        }

        double predict(Examples rows, int r, int lane) {
            var margin = 0.0;
            for (var j = rows.rows[r]; j < rows.rows[r + 1]; j++) {
                margin += w[lane][rows.indices[j]] * rows.values[j];
            }
            return 1 / (1 + Math.exp(-margin));
        }

        void learn(Examples rows) {
            var slopes = new double[settings.size()][rows.size];
            var learns = new boolean[settings.size()][rows.size];
            for (var r = 0; r < rows.size; r++) {
                if (isLabel(rows.labels[r])) {
                    var fold = folds.deal(rows.ids[r], rows.groups[r], rows.labels[r]);
                    for (var lane = 0; lane < settings.size(); lane++) {
                        learns[lane][r] = (folds.learning(fold) >>> lane & 1) != 0;
                        slopes[lane][r] = score(rows, r, lane, (folds.scored(fold) >>> lane & 1) != 0);
                    }
                }
                if ((r + 1) % BATCH == 0) {
                    for (var lane = 0; lane < settings.size(); lane++) {
                        step(rows, r + 1, lane, slopes[lane], learns[lane]);
                    }
                }
            }
        }

        private double score(Examples rows, int r, int lane, boolean counts) {
            var p = predict(rows, r, lane);
            if (counts) {
                losses[lane] -= rows.weights[r] * Math.log(rows.labels[r] == 1 ? p : 1 - p);
                weights[lane] += rows.weights[r];
            }
            var clip = settings.get(lane).clip().orElse(Double.MAX_VALUE);
            return Math.max(-clip, Math.min(clip, rows.weights[r] * (p - rows.labels[r])));
        }

        private void step(Examples rows, int t, int lane, double[] slopes, boolean[] learns) {
            var of = settings.get(lane);
            var rate = of.learningRate() / Math.pow(t, of.powerT());
            var sums = new double[1 << BITS];
            var named = new boolean[1 << BITS];
            for (var r = t - BATCH; r < t; r++) {
                for (var j = rows.rows[r]; j < rows.rows[r + 1] && learns[r]; j++) {
                    sums[rows.indices[j]] += slopes[r] / BATCH * rows.values[j];
                    named[rows.indices[j]] |= rows.values[j] != 0;
                }
            }
            for (var index = 0; index < 1 << BITS; index++) {
                if (named[index]) {
                    var moved = w[lane][index] - rate * sums[index];
                    var left = Math.max(0, Math.abs(moved) - rate * of.l1().orElse(0));
                    w[lane][index] =
                            Math.copySign(left, moved) / (1 + rate * of.l2().orElse(0));
                }
            }
        }
    }

    /// Rows are predicted, scored and, where the mini-batch is full, learned; the last ones wait.
    @ParameterizedTest
    @MethodSource("lanes")
    void learn_as_plain_loops_do(LanesConfig lanes) {
        var base = OptimizerTest.config(
                OptimizerKind.SGD, 0.4, Map.of("power-t", 0.25, "l1", 0.005, "l2", 0.01, "clip", 0.6));
        var rows = rows(12 * BATCH + 7);
        for (var r = 0; r < rows.size; r++) {
            rows.weights[r] = r % 11 == 0 ? 0 : rows.weights[r];
        }
        var plain = new Plain(lanes, base);
        plain.learn(rows);
        var trainer = new Trainer(config(LossKind.LOGISTIC, base, lanes), List.of());
        for (var from = 0; from < rows.size; ) {
            var to = Math.min(rows.size, from + 1 + random.nextInt(2 * BATCH));
            trainer.learn(Rows.slice(rows, from, to));
            from = to;
        }

        var metrics = trainer.metrics();
        var zeros = 0;
        for (var lane = 0; lane < lanes.count(); lane++) {
            for (var index = 0; index < 1 << BITS; index++) {
                var w = trainer.cells().data[index * lanes.count() + lane];
                assertThat((double) w).as("lane %d, %d", lane, index).isCloseTo(plain.w[lane][index], within(1e-5));
                zeros += w == 0 ? 1 : 0;
            }
            assertThat(metrics.get("log-loss.lane-" + lane))
                    .isCloseTo(plain.losses[lane] / plain.weights[lane], within(1e-5));
        }
        assertThat(zeros).isLessThan(lanes.count() << (BITS - 1));
        if (lanes.folds().isPresent()) {
            var folds = lanes.folds().getAsInt();
            assertThat(metrics.get("log-loss.folds"))
                    .isCloseTo(
                            Arrays.stream(plain.losses, 0, folds).sum()
                                    / Arrays.stream(plain.weights, 0, folds).sum(),
                            within(1e-5));
        }
        assertThat(metrics.get("log-loss")).isEqualTo(metrics.get("log-loss.lane-" + trainer.lane()), within(1e-9));
        for (var r = 0; r < BATCH; r++) {
            assertThat((double) trainer.predict(rows, r))
                    .isCloseTo(plain.predict(rows, r, trainer.lane()), within(1e-5));
        }
        var none = 0;
        for (var r = 0; r < rows.size; r++) {
            none += isLabel(rows.labels[r]) ? 0 : 1;
        }
        assertThat(trainer.refused()).isEqualTo(none);
    }

    /// Each example has a feature of its own, which is 0 in the lane that never learns it and in no other.
    @Test
    void a_lane_never_learns_its_fold() {
        var rows = new Examples(0);
        for (var r = 0; r < 1 << BITS; r++) {
            rows.begin();
            rows.add(r, 1);
            rows.end(r % 2, 1, random.nextLong(), 0, r);
        }
        var trainer = new Trainer(
                config(
                        LossKind.LOGISTIC,
                        optimizer(OptimizerKind.ADAM, 0.1, false),
                        folds(3, Optional.empty(), Optional.empty())),
                List.of());
        trainer.learn(rows);
        trainer.learn(rows); // so that what waits is learned, too
        var held = new int[3];
        for (var r = 0; r < 1 << BITS; r++) {
            var without = 0;
            for (var lane = 0; lane < 4; lane++) {
                if (trainer.cells().data[r * trainer.cells().stride + lane] == 0) {
                    assertThat(lane).isLessThan(3);
                    held[lane]++;
                    without++;
                }
            }
            assertThat(without).as("lanes that have not learned example %d", r).isEqualTo(1);
        }
        assertThat(held).doesNotContain(0);
    }

    @Test
    void refuses_bytes_of_rows_that_are_none() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.SGD, 0.1, false), grid(RATES));
        var trainer = new Trainer(config, List.of());
        trainer.learn(rows(3));
        var state = trainer.state();
        for (var bytes : List.of(1, 4, 7, state.getPending().remaining() - 4)) {
            var broken = io.millrace.schema.TrainerState.newBuilder(state)
                    .setPending(ByteBuffer.wrap(state.getPending().array(), 0, bytes))
                    .build();
            assertThatThrownBy(() -> new Trainer(config, List.of()).restore(broken))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bytes of pending rows that are none of a mini-batch of " + BATCH);
        }
    }

    private static void goOn(Trainer from, Trainer to) {
        System.arraycopy(from.cells().data, 0, to.cells().data, 0, from.cells().data.length);
        from.groups().ifPresent(groups -> {
            for (var page = 0; page * GroupFolds.PAGE < groups.size(); page++) {
                to.groups().orElseThrow().restore(groups.page(page));
            }
        });
        to.restore(from.state());
        for (var page = 0; page < to.cells().pages(); page++) {
            to.cells().rewrite(page);
        }
    }

    /// Stopped behind each row of two mini-batches, and predicting before it goes on.
    @ParameterizedTest
    @MethodSource("lanes")
    void go_on_from_any_state_with_the_same_bits(LanesConfig lanes) {
        for (var kind : List.of(OptimizerKind.ADAM, OptimizerKind.FTRL)) {
            var config = config(LossKind.LOGISTIC, OptimizerTest.config(kind, 0.1, Map.of("clip", 0.7)), lanes);
            var rows = rows(4 * BATCH);
            Arrays.fill(rows.groups, 0, BATCH, 5); // by group, one lane learns nothing of it, and its steps count less
            var whole = new Trainer(config, List.of());
            whole.learn(rows);
            for (var cut = BATCH; cut <= 3 * BATCH; cut++) {
                var first = new Trainer(config, List.of());
                first.learn(Rows.slice(rows, 0, cut));
                var second = new Trainer(config, List.of(), Kernel.simd());
                second.learn(rows); // to be forgotten
                second.reset();
                goOn(first, second);
                assertThat(second.predict(rows, 0)).isEqualTo(first.predict(rows, 0));
                second.learn(Rows.slice(rows, cut, rows.size));

                assertThat(second.state()).as("cut at %d", cut).isEqualTo(whole.state());
                assertThat(second.cells().data).isEqualTo(whole.cells().data);
                assertThat(second.digest()).isEqualTo(whole.digest()).isNotZero();
                assertThat(second.versionDigest())
                        .isEqualTo(whole.versionDigest())
                        .isNotZero();
                assertThat(second.metrics()).isEqualTo(whole.metrics());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lanes")
    void begin_anew_as_new_ones(LanesConfig lanes) {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAM, 0.1, true), lanes);
        var fresh = new Trainer(config, List.of());
        var reset = new Trainer(config, List.of());
        reset.learn(rows(3 * BATCH + 5));
        reset.reset();

        assertThat(reset.state()).isEqualTo(fresh.state());
        assertThat(reset.digest()).isZero();
        var rows = rows(3 * BATCH + 2);
        reset.learn(rows);
        fresh.learn(rows);
        assertThat(reset.state()).isEqualTo(fresh.state());
        assertThat(reset.cells().data).isEqualTo(fresh.cells().data);
        assertThat(reset.digest()).isEqualTo(fresh.digest()).isNotZero();
    }

    @Test
    @SuppressWarnings("try") // that it is closed is what the test is about
    void have_nothing_once_they_are_closed_until_they_begin_anew() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.SGD, 0.1, false), grid(RATES));
        var rows = rows(3 * BATCH);
        try (var trainer = new Trainer(config, List.of())) {
            trainer.learn(rows);
            var digest = trainer.digest();
            trainer.close();

            assertThatThrownBy(() -> trainer.learn(rows))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("it was closed");
            assertThatThrownBy(() -> trainer.predict(rows, 0)).isInstanceOf(IllegalStateException.class);

            trainer.reset();
            trainer.learn(rows);
            assertThat(trainer.digest()).isEqualTo(digest).isNotZero();
        }
    }

    /// A state brings other rows that wait, for the same weights.
    @Test
    void rows_that_a_state_brings_are_those_that_are_learned() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.SGD, 0.1, false), grid(RATES));
        var one = new Trainer(config, List.of());
        var other = new Trainer(config, List.of());
        one.learn(rows(5));
        other.learn(rows(5));
        one.restore(other.state());
        var rows = rows(BATCH);
        one.learn(rows);
        other.learn(rows);

        assertThat(one.cells().data).isEqualTo(other.cells().data);
        assertThat(one.state()).isEqualTo(other.state());
    }

    /// Rows that wait are predicted again where their weights come from elsewhere, with a state or without.
    @Test
    void cells_that_come_from_outside_are_those_that_rows_wait_for() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.SGD, 0.1, false), grid(RATES));
        var rows = rows(3 * BATCH);
        var written = new Trainer(config, List.of());
        written.learn(Rows.slice(rows, 0, 2 * BATCH - 3));
        var restored = new Trainer(config, List.of());
        goOn(written, restored);
        restored.learn(new Examples(0)); // so that it has taken them up
        for (var trainer : List.of(written, restored)) {
            for (var k = 0; k < trainer.cells().data.length; k++) {
                trainer.cells().data[k] *= -3;
            }
            trainer.cells().rewrite(0);
        }
        restored.restore(restored.state());
        for (var trainer : List.of(written, restored)) {
            trainer.learn(Rows.slice(rows, 2 * BATCH - 3, rows.size));
        }

        assertThat(written.cells().data).isEqualTo(restored.cells().data);
        assertThat(written.digest()).isEqualTo(restored.digest()).isNotZero();
    }

    /// Of feature 1, from a value that all rows have.
    private static Examples same(int count, float x, float label) {
        var rows = new Examples(0);
        for (var r = 0; r < count; r++) {
            rows.begin();
            rows.add(1, x);
            rows.end(label, 1, r, 0, r);
        }
        return rows;
    }

    private static float weight(Trainer trainer, int index, int lane) {
        return trainer.cells().data[trainer.cells().at(index, lane)];
    }

    /// The one with a rate of 10 diverges until its steps are refused: the one beside it is as if it were alone.
    @Test
    void a_step_that_would_not_be_finite_is_refused_in_its_lane_and_counted_where_that_is_served() {
        var sgd = optimizer(OptimizerKind.SGD, 0.1, false);
        var rows = same(40 * BATCH, 1e4f, 1);
        for (var r = 3; r < rows.size; r += BATCH) {
            rows.labels[r] = Float.NaN;
        }
        var alone = new Trainer(config(LossKind.SQUARED, sgd, grid(List.of(1e-9))), List.of());
        alone.learn(rows);
        var good = new Trainer(config(LossKind.SQUARED, sgd, grid(List.of(1e-9, 10.0))), List.of());
        good.learn(rows);
        var bad = new Trainer(config(LossKind.SQUARED, sgd, grid(List.of(10.0, 1e-9))), List.of());
        bad.learn(rows);

        assertThat(good.refused()).isEqualTo(40);
        assertThat((bad.refused() - 40) % (BATCH - 1)).isZero();
        assertThat(bad.refused()).isGreaterThan(2 * BATCH).isLessThan(40 * BATCH);
        assertThat(weight(good, 1, 0)).isEqualTo(weight(bad, 1, 1)).isEqualTo(weight(alone, 1, 0));
        assertThat(weight(good, 1, 1)).isEqualTo(weight(bad, 1, 0)).isFinite();
        assertThat(Math.abs(weight(bad, 1, 0))).isGreaterThan(1e20f);
    }

    /// In one lane its margin overflows: there, and there alone, its features stay where they are.
    @Test
    void a_row_whose_margin_is_not_finite_is_left_out_in_that_lane() {
        for (var served = 0; served < 2; served++) {
            var rates = served == 0 ? List.of(1e-9, 1.0) : List.of(1.0, 1e-9);
            var trainer = new Trainer(
                    config(LossKind.LOGISTIC, optimizer(OptimizerKind.SGD, 0.1, false), grid(rates)), List.of());
            trainer.learn(same(60 * BATCH, 1, 1));
            var rows = new Examples(0);
            for (var r = 0; r < BATCH; r++) {
                rows.begin();
                rows.add(r == 7 ? 1 : 3, r == 7 ? 3e38f : 1);
                rows.add(r == 7 ? 2 : 3, 1);
                rows.end(0, 1, r, 0, r);
            }
            var before = weight(trainer, 1, 1 - served);
            assertThat(before).isGreaterThan(1.5f);

            trainer.learn(rows);

            assertThat(trainer.refused()).isEqualTo(served);
            assertThat(weight(trainer, 1, 1 - served)).isEqualTo(before);
            assertThat(weight(trainer, 2, 1 - served)).isZero();
            assertThat(weight(trainer, 3, 1 - served)).isNegative();
            assertThat(weight(trainer, 2, served)).isNegative();
            assertThat(weight(trainer, 3, served)).isNegative();
        }
    }

    /// Its label is so far away that the slope of the loss overflows.
    @Test
    void a_row_whose_slope_is_not_finite_is_left_out() {
        var trainer = new Trainer(
                config(LossKind.SQUARED, optimizer(OptimizerKind.SGD, 0.1, false), grid(List.of(1e-9, 1e-3))),
                List.of());
        var rows = new Examples(0);
        for (var r = 0; r < BATCH; r++) {
            rows.begin();
            rows.add(r == 7 ? 2 : 3, 1);
            rows.end(r == 7 ? 3e38f : 1, 1, r, 0, r);
        }

        trainer.learn(rows);

        assertThat(trainer.refused()).isEqualTo(1);
        for (var lane = 0; lane < 2; lane++) {
            assertThat(weight(trainer, 2, lane)).isZero();
            assertThat(weight(trainer, 3, lane)).isPositive();
        }
    }

    /// Sixteen rows of 4,096 entries: the mean is over these.
    @Test
    void a_mini_batch_is_full_with_its_entries_too() {
        var rate = 0.25;
        var trainer = new Trainer(
                config(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, rate, 0), grid(List.of(rate))),
                List.of());
        var rows = new Examples(0);
        for (var r = 0; r < 16; r++) {
            rows.begin();
            for (var j = 0; j < Pending.MOST_ENTRIES / 16; j++) {
                rows.add(j % (1 << BITS), 1f / (1 << BITS));
            }
            rows.end(1, 1, r, 0, r);
        }

        trainer.learn(rows);

        assertThat(trainer.state().getPending().remaining()).isZero();
        for (var index = 0; index < 1 << BITS; index++) {
            assertThat(weight(trainer, index, 0)).isEqualTo((float) (rate * 0.5), within(1e-6f));
        }
    }

    /// No step is counted by an optimizer where a lane learns none of a mini-batch.
    @Test
    void rows_without_a_label_are_a_mini_batch_that_nobody_learns() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAM, 0.1, false), grid(RATES));
        var trainer = new Trainer(config, List.of());
        trainer.learn(same(BATCH, 1, 1));
        var state = trainer.state();
        var digest = trainer.digest();

        trainer.learn(same(BATCH, 1, Float.NaN));

        assertThat(trainer.refused()).isEqualTo(BATCH);
        assertThat(trainer.state().getOptimizer()).isEqualTo(state.getOptimizer());
        assertThat(trainer.state().getPending().remaining()).isZero();
        assertThat(trainer.digest()).isEqualTo(digest).isNotZero();
    }

    /// What lane 1 learns and lane 0 hardly: the label is the parity of the feature.
    ///
    /// @param last of the windows after which it is served: its margin overflows where the weight is large
    private Examples easy(int count, int last) {
        var rows = new Examples(0);
        for (var r = 0; r < count; r++) {
            var index = random.nextInt(1 << BITS);
            rows.begin();
            rows.add(index, r == last ? 3e38f : 1);
            rows.add(index, r == last ? 3e38f : 0);
            rows.end(index % 2, 1, random.nextLong(), 0, r);
        }
        return rows;
    }

    private static LearnConfig served(List<Double> rates) {
        return config(
                LossKind.LOGISTIC,
                new OptimizerConfig(OptimizerKind.SGD, 0.1, 0),
                grid(rates, Optional.empty(), Optional.empty(), Publish.SERVED));
    }

    /// The 4,096th example is the sixteenth of its mini-batch: what is served changes there, and stays over a restart.
    @Test
    void another_lane_is_served_within_a_mini_batch() {
        var trainer = new Trainer(served(List.of(1e-6, 1.0)), List.of());
        var alone = new Trainer(served(List.of(1.0)), List.of());
        var switched = 1024 * LaneChoice.WINDOWS;
        var rows = easy(7_000, switched - 1);
        trainer.learn(Rows.slice(rows, 0, switched - 1));
        assertThat(trainer.lane()).isZero();
        assertThat(trainer.progress().metrics().get("log-loss"))
                .isEqualTo(trainer.metrics().get("log-loss.lane-0"), within(1e-9));
        trainer.cells().seen(0, Cells.VERSION);
        trainer.learn(Rows.slice(rows, switched - 1, switched));
        alone.learn(Rows.slice(rows, 0, switched));

        assertThat(trainer.lane()).isEqualTo(1);
        assertThat(trainer.refused()).as("that of the lane that was served").isZero();
        assertThat(alone.refused()).isEqualTo(1);
        assertThat(trainer.state().getPending().remaining()).isPositive();
        assertThat(trainer.cells().changed(0, Cells.VERSION)).isTrue();
        var restarted = new Trainer(served(List.of(1e-6, 1.0)), List.of());
        goOn(trainer, restarted);
        for (var each : List.of(trainer, restarted)) {
            assertThat(each.versionDigest()).isEqualTo(alone.versionDigest()).isNotZero();
            assertThat(each.predict(rows, 5)).isEqualTo(alone.predict(rows, 5));
        }
        for (var each : List.of(trainer, restarted, alone)) {
            each.progress().reset();
            each.learn(Rows.slice(rows, switched, rows.size));
        }
        for (var each : List.of(trainer, restarted)) {
            assertThat(each.progress().metrics()).isEqualTo(alone.progress().metrics());
            assertThat(each.versionDigest()).isEqualTo(alone.versionDigest());
        }
        assertThat(trainer.lane()).isEqualTo(1);
        assertThat(restarted.digest()).isEqualTo(trainer.digest()).isNotEqualTo(alone.digest());
    }

    @Nested
    @WithDevice
    class On_a_device {
        @ParameterizedTest
        @EnumSource(value = OptimizerKind.class, mode = Mode.EXCLUDE, names = "NORMALIZED_ADAPTIVE")
        void has_the_numbers_of_the_cpu(OptimizerKind kind) {
            for (var lanes : List.of(grid(RATES), folds(5, Optional.of(By.GROUP), Optional.empty()))) {
                var config = config(LossKind.LOGISTIC, optimizer(kind, 0.1, true), lanes);
                var host = new Trainer(config, List.of());
                try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
                    for (var block : blocks(9)) {
                        host.learn(block);
                        device.learn(block);
                        WithDevice.Agreement.check(
                                new float[] {device.predict(block, 0)}, new float[] {host.predict(block, 0)});
                    }
                    WithDevice.Agreement.check(device.cells().data, host.cells().data);
                    assertThat(device.refused()).isEqualTo(host.refused());
                    assertThat(device.kernel()).isEqualTo("opencl");
                }
            }
        }

        @Test
        @SuppressWarnings("try") // the device of one is gone before the other goes on
        void goes_on_from_a_state_with_the_same_bits() {
            var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAM, 0.1, true), grid(RATES))
                    .on(DeviceKind.OPENCL);
            var before = rows(4 * BATCH + 7);
            var after = rows(3 * BATCH);
            try (var whole = new Trainer(config, List.of());
                    var first = new Trainer(config, List.of());
                    var second = new Trainer(config, List.of())) {
                whole.learn(before);
                whole.learn(after);
                first.learn(before);
                goOn(first, second);
                first.close();
                second.learn(after);

                assertThat(second.state()).isEqualTo(whole.state());
                assertThat(second.cells().data).isEqualTo(whole.cells().data);
            }
        }

        @Test
        void begins_anew_and_keeps_its_cells_when_a_state_comes() {
            var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAGRAD, 0.1, false), grid(RATES));
            var before = rows(3 * BATCH);
            var after = rows(3 * BATCH);
            var host = new Trainer(config, List.of());
            try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
                for (var trainer : List.of(host, device)) {
                    trainer.learn(before);
                    trainer.reset();
                    assertThat(trainer.digest()).isZero();
                    trainer.learn(after);
                    trainer.restore(trainer.state());
                    trainer.learn(before);
                }
                assertThat(host.digest()).isNotZero();
                WithDevice.Agreement.check(device.cells().data, host.cells().data);
                assertThat(device.state()).isEqualTo(host.state());
            }
        }

        /// What a feature sums to overflows, or a weight would leave what is finite from where it is.
        @ParameterizedTest
        @EnumSource(
                value = OptimizerKind.class,
                names = {"SGD", "MOMENTUM"})
        void refuses_what_the_cpu_refuses_far_out(OptimizerKind kind) {
            var config = config(LossKind.SQUARED, new OptimizerConfig(kind, 10, 0), grid(List.of(10.0)));
            var opposite = same(BATCH, 3e38f, 0);
            for (var r = 0; r < BATCH; r++) {
                opposite.labels[r] = r % 2 == 0 ? 1e3f : -1e3f;
            }
            var one = new Examples(0);
            for (var r = 0; r < BATCH; r++) {
                one.begin();
                one.add(1, r == 0 ? 1 : 0);
                one.end(0, 1, 0, 0, r);
            }
            for (var start : new float[] {0, 1.6e38f, -1.6e38f}) {
                var rows = start == 0 ? opposite : one;
                try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
                    for (var trainer : List.of(new Trainer(config, List.of()), device)) {
                        trainer.cells().data[trainer.cells().at(1, 0)] = start;
                        trainer.cells().rewrite(0);
                        trainer.learn(rows);

                        assertThat(trainer.refused()).isEqualTo(BATCH);
                        assertThat(weight(trainer, 1, 0)).isEqualTo(start);
                    }
                }
            }
        }

        /// By either alone.
        @ParameterizedTest
        @EnumSource(
                value = OptimizerKind.class,
                names = {"SGD", "ADAGRAD"})
        void shrinks_as_the_cpu_does(OptimizerKind kind) {
            for (var key : List.of("l1", "l2")) {
                var config = config(
                        LossKind.LOGISTIC, OptimizerTest.config(kind, 0.1, Map.of(key, 0.01)), grid(List.of(0.1)));
                var host = new Trainer(config, List.of());
                var rows = rows(4 * BATCH);
                host.learn(rows);
                try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
                    device.learn(rows);
                    WithDevice.Agreement.check(device.cells().data, host.cells().data);
                }
            }
        }

        /// Mini-batches that name no feature, or that nobody learns, between others.
        @ParameterizedTest
        @EnumSource(value = OptimizerKind.class, mode = Mode.EXCLUDE, names = "NORMALIZED_ADAPTIVE")
        void has_the_numbers_of_the_cpu_where_there_is_nothing_to_learn(OptimizerKind kind) {
            var config = config(LossKind.LOGISTIC, optimizer(kind, 0.1, true), grid(RATES));
            var empty = new Examples(0);
            for (var r = 0; r < BATCH; r++) {
                empty.begin();
                empty.end(r % 2, 1, r, 0, r);
            }
            var host = new Trainer(config, List.of());
            try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
                for (var rows : List.of(
                        empty, rows(2 * BATCH), same(BATCH, 1, Float.NaN), same(BATCH, 0, 1), empty, rows(BATCH))) {
                    host.learn(rows);
                    device.learn(rows);
                    WithDevice.Agreement.check(device.cells().data, host.cells().data);
                    assertThat(device.state().getOptimizer())
                            .isEqualTo(host.state().getOptimizer());
                }
                assertThat(host.digest()).isNotZero();
            }
        }

        /// A version has the lane's weights as the device has them.
        @Test
        void serves_another_lane_as_the_cpu_does() {
            var config = served(List.of(1e-6, 1.0));
            var rows = easy(4_500, 4_095);
            var host = new Trainer(config, List.of());
            host.learn(rows);
            try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
                device.learn(Rows.slice(rows, 0, 4_000));
                var before = device.versionDigest();
                device.learn(Rows.slice(rows, 4_000, rows.size));
                var again = new Trainer(config, List.of());
                goOn(device, again);

                assertThat(device.lane()).isEqualTo(host.lane()).isEqualTo(1);
                assertThat(device.versionDigest())
                        .isEqualTo(again.versionDigest())
                        .isNotEqualTo(before)
                        .isNotEqualTo(device.digest());
                WithDevice.Agreement.check(device.cells().data, host.cells().data);
            }
        }

        /// In one lane alone, the first of them.
        @Test
        void refuses_a_step_that_would_not_be_finite_in_its_lane() {
            var config = config(LossKind.SQUARED, optimizer(OptimizerKind.SGD, 0.1, false), grid(List.of(10.0, 1e-6)));
            var rows = new Examples(0);
            for (var r = 0; r < 40 * BATCH; r++) {
                rows.begin();
                rows.add(1, 1e4f);
                rows.end(1, 1, r, 0, r);
            }
            var host = new Trainer(config, List.of());
            host.learn(rows);
            try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
                device.learn(rows);

                assertThat(device.refused()).isPositive().isEqualTo(host.refused());
                WithDevice.Agreement.check(device.cells().data, host.cells().data);
            }
        }
    }
}
