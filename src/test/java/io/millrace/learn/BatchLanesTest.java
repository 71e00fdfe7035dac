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
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

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
        return new LanesConfig(
                Optional.of(rates),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Publish.ALL));
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
                    random.nextInt(25) == 0 ? Float.NaN : random.nextInt(2),
                    1 + random.nextInt(2),
                    random.nextLong(),
                    random.nextInt(9),
                    r);
        }
        return rows;
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

    @Test
    void a_step_is_that_of_the_mean_slope_from_before_the_mini_batch() {
        var rows = rows(3 * BATCH);
        var plain = new OptimizerConfig(OptimizerKind.SGD, 0.25, 0);
        var trainer = new Trainer(config(LossKind.SQUARED, plain, grid(List.of(0.25))), List.of());
        trainer.learn(rows);

        var w = new double[1 << BITS];
        for (var first = 0; first < 3 * BATCH; first += BATCH) {
            var slopes = new double[w.length];
            for (var r = first; r < first + BATCH; r++) {
                var margin = 0.0;
                for (var j = rows.rows[r]; j < rows.rows[r + 1]; j++) {
                    margin += w[rows.indices[j]] * rows.values[j];
                }
                for (var j = rows.rows[r]; j < rows.rows[r + 1] && !Float.isNaN(rows.labels[r]); j++) {
                    slopes[rows.indices[j]] += 2 * rows.weights[r] * (margin - rows.labels[r]) * rows.values[j] / BATCH;
                }
            }
            for (var index = 0; index < w.length; index++) {
                w[index] -= 0.25 * slopes[index];
            }
        }
        for (var index = 0; index < w.length; index++) {
            assertThat((double) trainer.cells().data[index]).isCloseTo(w[index], within(1e-5));
        }
        assertThat(w).isNotEqualTo(new double[w.length]);
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
        to.restore(from.state());
        for (var page = 0; page < to.cells().pages(); page++) {
            to.cells().rewrite(page);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = OptimizerKind.class,
            names = {"SGD", "ADAM", "FTRL"})
    void goes_on_from_a_state_within_a_mini_batch_with_the_same_bits(OptimizerKind kind) {
        var config = config(
                LossKind.LOGISTIC, optimizer(kind, 0.1, true), folds(4, Optional.empty(), Optional.of(Strata.CLASS)));
        var before = rows(4 * BATCH + 7);
        var after = rows(3 * BATCH);
        var whole = new Trainer(config, List.of());
        whole.learn(before);
        whole.learn(after);
        var first = new Trainer(config, List.of());
        first.learn(before);
        var second = new Trainer(config, List.of());
        goOn(first, second);
        second.learn(after);

        assertThat(second.state()).isEqualTo(whole.state());
        assertThat(second.cells().data).isEqualTo(whole.cells().data);
        assertThat(second.digest()).isEqualTo(whole.digest()).isNotZero();
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
