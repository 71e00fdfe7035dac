package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Seed;
import io.millrace.feature.Examples;
import io.millrace.kernel.Activation;
import io.millrace.kernel.WithDevice;
import io.millrace.learn.LearnConfig.DeviceKind;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A multilayer perceptron that learns on a device, beside the same on the CPU.
@WithDevice
class DeviceLayersTest {
    private static final int BITS = 6;
    private static final int BATCH = 24;

    private final Random random = Seed.random();

    private static LearnConfig config(LossKind loss, OptimizerConfig optimizer, Activation activation, int embedding) {
        return config(loss, optimizer, activation, embedding, List.of(33, 20), BATCH);
    }

    private static LearnConfig config(
            LossKind loss,
            OptimizerConfig optimizer,
            Activation activation,
            int embedding,
            List<Integer> layers,
            int batch) {
        var learner = new LearnerConfig(
                LearnerKind.MLP,
                OptionalInt.empty(),
                OptionalDouble.of(0.5),
                OptionalInt.of(3),
                OptionalInt.of(embedding),
                Optional.of(layers),
                Optional.of(activation),
                OptionalInt.of(batch));
        var plain = new LearnConfig(loss, optimizer, BITS).withLearner(learner);
        return loss == LossKind.SOFTMAX ? plain.withClasses(3) : plain;
    }

    private static OptimizerConfig optimizer(OptimizerKind kind, boolean shrinks) {
        var none = OptionalDouble.empty();
        var l = shrinks ? OptionalDouble.of(0.001) : none;
        var powerT = kind == OptimizerKind.FTRL || kind == OptimizerKind.ADAM ? 0 : 0.3;
        return new OptimizerConfig(kind, 0.05, powerT, none, none, none, none, none, none, none, l, l, none);
    }

    private Examples rows(int count, LossKind loss) {
        var rows = new Examples(0);
        for (var r = 0; r < count; r++) {
            rows.begin();
            for (var j = random.nextInt(6); j > 0; j--) {
                rows.add(random.nextInt(1 << BITS), random.nextInt(4) == 0 ? 0 : (float) random.nextGaussian());
            }
            var label = loss == LossKind.SOFTMAX ? random.nextInt(3) : random.nextInt(2);
            // some are none of the loss: they are left out of their mini-batch
            rows.end(random.nextInt(20) == 0 ? Float.NaN : label, 1 + random.nextInt(2), 0, 0, r);
        }
        return rows;
    }

    static List<Arguments> kinds() {
        var all = new ArrayList<Arguments>();
        for (var kind : OptimizerKind.values()) {
            if (kind != OptimizerKind.NORMALIZED_ADAPTIVE) {
                all.add(Arguments.of(LossKind.LOGISTIC, optimizer(kind, false), Activation.RELU, 16));
                all.add(Arguments.of(LossKind.SQUARED, optimizer(kind, true), Activation.TANH, 5));
            }
        }
        for (var activation : Activation.values()) {
            all.add(Arguments.of(LossKind.SOFTMAX, optimizer(OptimizerKind.ADAGRAD, false), activation, 17));
        }
        return all;
    }

    /// Where division and root are exact, as on a CPU, these are the same bits; else what is stated.
    @ParameterizedTest
    @MethodSource("kinds")
    void has_the_numbers_of_the_cpu(LossKind loss, OptimizerConfig optimizer, Activation activation, int embedding) {
        var config = config(loss, optimizer, activation, embedding);
        var host = new Trainer(config, List.of());
        try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
            for (var block = 0; block < 12; block++) {
                var rows = rows(1 + random.nextInt(3 * BATCH), loss);
                host.learn(rows);
                device.learn(rows);
                if (block % 3 == 0) {
                    var prediction = new float[config.outcome().outputs()];
                    var expected = prediction.clone();
                    device.predict(rows, 0, prediction);
                    host.predict(rows, 0, expected);
                    WithDevice.Agreement.check(prediction, expected);
                }
            }
            WithDevice.Agreement.check(device.cells().data, host.cells().data);
            assertThat(device.refused()).isEqualTo(host.refused());
            assertThat(device.kernel()).isEqualTo("opencl");
            assertThat(device.device()).isNotBlank();
            assertThat(host.kernel()).isEqualTo("scalar");
        }
    }

    /// Rows and layers that end where a tile does, and what pads them.
    @Test
    void has_the_numbers_of_the_cpu_where_layers_fill_their_tiles() {
        var config = config(
                LossKind.SQUARED,
                optimizer(OptimizerKind.ADAGRAD, false),
                Activation.TANH,
                32,
                List.of(32, 64, 16),
                32);
        var host = new Trainer(config, List.of());
        try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
            for (var block = 0; block < 4; block++) {
                var rows = rows(64, LossKind.SQUARED);
                host.learn(rows);
                device.learn(rows);
            }
            WithDevice.Agreement.check(device.cells().data, host.cells().data);
        }
    }

    /// Activations far out, where an exponential is clipped.
    @ParameterizedTest
    @EnumSource(Activation.class)
    void has_the_numbers_of_the_cpu_however_large_sums_are(Activation activation) {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAM, false), activation, 8);
        var host = new Trainer(config, List.of());
        try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
            for (var x = 1f; x < 1e21f; x *= 3) {
                var rows = rows(BATCH, LossKind.LOGISTIC);
                for (var j = 0; j < rows.rows[rows.size]; j++) {
                    rows.values[j] *= x;
                }
                host.learn(rows);
                device.learn(rows);
                for (var r = 0; r < rows.size; r++) {
                    WithDevice.Agreement.check(
                            new float[] {device.predict(rows, r)}, new float[] {host.predict(rows, r)});
                }
            }
            assertThat(device.refused()).isEqualTo(host.refused());
            WithDevice.Agreement.check(device.cells().data, host.cells().data);
        }
    }

    /// Stopped within a mini-batch, and gone on on a device that knows nothing.
    @ParameterizedTest
    @EnumSource(
            value = OptimizerKind.class,
            names = {"SGD", "ADAM", "FTRL"})
    @SuppressWarnings("try") // the device of one is gone before the other goes on
    void goes_on_from_a_state_with_the_same_bits(OptimizerKind kind) {
        var config = config(LossKind.LOGISTIC, optimizer(kind, true), Activation.GELU, 8)
                .on(DeviceKind.OPENCL);
        var before = rows(5 * BATCH + 7, LossKind.LOGISTIC);
        var after = rows(4 * BATCH, LossKind.LOGISTIC);
        try (var whole = new Trainer(config, List.of());
                var first = new Trainer(config, List.of());
                var second = new Trainer(config, List.of())) {
            whole.learn(before);
            whole.learn(after);
            first.learn(before);
            second.restore(first.state());
            System.arraycopy(first.cells().data, 0, second.cells().data, 0, first.cells().data.length);
            for (var page = 0; page < second.cells().pages(); page++) {
                second.cells().rewrite(page);
            }
            first.close();
            second.learn(after);

            assertThat(second.cells().data).isEqualTo(whole.cells().data);
            assertThat(second.digest()).isEqualTo(whole.digest()).isNotZero();
            assertThat(second.state()).isEqualTo(whole.state());
        }
    }

    /// Reading the parameters between blocks, as commits do, changes nothing, and says what has changed.
    @Test
    void is_read_at_any_time() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAGRAD, false), Activation.RELU, 8)
                .on(DeviceKind.OPENCL);
        try (var read = new Trainer(config, List.of());
                var left = new Trainer(config, List.of())) {
            var digests = new ArrayList<Long>();
            for (var block = 0; block < 5; block++) {
                var rows = rows(2 * BATCH, LossKind.LOGISTIC);
                read.learn(rows);
                left.learn(rows);
                digests.add(read.digest());
            }
            assertThat(digests).doesNotHaveDuplicates().doesNotContain(0L);
            assertThat(left.digest()).isEqualTo(digests.getLast());
        }
    }

    /// None of the parameters moves: features that a refused step named first are as if it had not been, and those that
    /// had an embedding keep it.
    @ParameterizedTest
    @EnumSource(
            value = OptimizerKind.class,
            names = {"SGD", "MOMENTUM", "ADAM"})
    void refuses_a_step_that_would_not_be_finite(OptimizerKind kind) {
        var config = config(LossKind.SQUARED, optimizer(kind, false), Activation.IDENTITY, 8)
                .on(DeviceKind.OPENCL);
        try (var trainer = new Trainer(config, List.of())) {
            var first = rows(BATCH, LossKind.SQUARED);
            for (var j = 0; j < first.rows[first.size]; j++) {
                first.indices[j] = Math.max(1, first.indices[j]); // feature 0 has no embedding yet
            }
            trainer.learn(first);
            var before = trainer.cells().data.clone();
            var refused = trainer.refused();
            var huge = new Examples(0);
            for (var r = 0; r < BATCH; r++) {
                huge.begin();
                huge.add(r == 0 ? 0 : first.indices[r], 1);
                huge.end(1e38f, 1, 0, 0, r);
            }
            trainer.learn(huge);

            assertThat(trainer.refused()).isEqualTo(refused + BATCH);
            assertThat(trainer.cells().data).isEqualTo(before);
        }
    }

    /// What is on the device is neither what it begins with nor what a state goes with.
    @Test
    void begins_anew_while_it_is_open() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAM, false), Activation.RELU, 8)
                .on(DeviceKind.OPENCL);
        var rows = rows(3 * BATCH, LossKind.LOGISTIC);
        try (var trainer = new Trainer(config, List.of());
                var other = new Trainer(config, List.of())) {
            trainer.learn(rows);
            trainer.reset();

            assertThat(trainer.digest()).isEqualTo(other.digest()).isNotZero();

            trainer.learn(rows);
            other.learn(rows);
            assertThat(trainer.digest()).isEqualTo(other.digest());
        }
    }

    /// A state comes apart from the cells, before or after them: those that the device has stay, and the rows that wait
    /// are those of the state.
    @Test
    void keeps_its_cells_when_a_state_comes() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAM, false), Activation.RELU, 8);
        var host = new Trainer(config, List.of());
        var fresh = new Trainer(config, List.of());
        try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
            var before = rows(3 * BATCH + 5, LossKind.LOGISTIC);
            var after = rows(2 * BATCH + 9, LossKind.LOGISTIC);
            host.learn(before);
            device.learn(before);
            var state = host.state();
            host.learn(after);
            device.learn(after);
            System.arraycopy(host.cells().data, 0, fresh.cells().data, 0, host.cells().data.length);
            for (var page = 0; page < fresh.cells().pages(); page++) {
                fresh.cells().rewrite(page);
            }
            for (var trainer : List.of(fresh, host, device)) {
                trainer.restore(state);
                trainer.learn(after);
            }

            assertThat(host.digest()).isEqualTo(fresh.digest());
            WithDevice.Agreement.check(device.cells().data, fresh.cells().data);
        }
    }

    /// More entries, features and cells than there is room for at first, or than are copied at a time.
    @Test
    void makes_room_for_what_is_large() {
        var few = config(LossKind.LOGISTIC, optimizer(OptimizerKind.ADAGRAD, false), Activation.RELU, 12);
        var config = new LearnConfig(few.loss(), few.optimizer(), 16)
                .withLearner(few.learner().orElseThrow());
        var host = new Trainer(config, List.of());
        try (var device = new Trainer(config.on(DeviceKind.OPENCL), List.of())) {
            for (var entries : new int[] {3, 90, 40, 300}) {
                var rows = new Examples(0);
                for (var r = 0; r < 2 * BATCH; r++) {
                    rows.begin();
                    for (var j = 0; j < entries; j++) {
                        rows.add(random.nextInt(1 << 16), (float) random.nextGaussian());
                    }
                    rows.end(r % 2, 1, 0, 0, r);
                }
                host.learn(rows);
                device.learn(rows);
                var prediction = new float[] {device.predict(rows, 0)};
                WithDevice.Agreement.check(prediction, new float[] {host.predict(rows, 0)});
            }
            WithDevice.Agreement.check(device.cells().data, host.cells().data);
            assertThat(device.digest()).isNotZero();
        }
    }

    @SuppressWarnings("try") // that it is closed is what the test is about
    @Test
    void has_nothing_once_it_is_closed_until_it_begins_anew() {
        var config = config(LossKind.LOGISTIC, optimizer(OptimizerKind.SGD, false), Activation.RELU, 8)
                .on(DeviceKind.OPENCL);
        var rows = rows(3 * BATCH, LossKind.LOGISTIC);
        try (var trainer = new Trainer(config, List.of())) {
            trainer.learn(rows);
            var digest = trainer.digest();
            trainer.close();

            assertThatThrownBy(() -> trainer.learn(rows)).isInstanceOf(IllegalStateException.class);

            trainer.reset();
            trainer.learn(rows);
            assertThat(trainer.digest()).isEqualTo(digest);
        }
    }
}
