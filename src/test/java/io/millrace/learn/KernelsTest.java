package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which kernel learns enters nothing that is learned.
class KernelsTest {
    static Stream<Arguments> all() {
        var all = new ArrayList<Arguments>();
        for (var loss : new LossKind[] {LossKind.LOGISTIC, LossKind.SQUARED, LossKind.POISSON}) {
            for (var optimizer : OptimizerKind.values()) {
                all.add(Arguments.of(loss, optimizer));
            }
        }
        return all.stream();
    }

    private static LearnConfig config(LossKind loss, OptimizerKind optimizer) {
        var settings = new HashMap<>(Map.of("l1", 1e-4, "l2", 1e-3, "clip", 5.0));
        if (optimizer != OptimizerKind.FTRL) {
            settings.put("inverse-time", 500.0);
        }
        var config = OptimizerTest.config(optimizer, 0.01, settings);
        return new LearnConfig(loss, config, Rows.BITS);
    }

    private static void check(LearnConfig config) {
        var rows = Rows.random(Seed.random(), 4_000);
        var scalar = new Trainer(config, Rows.NUMBERS, KernelChoice.SCALAR.kernel());
        scalar.learn(rows);

        var simd = new Trainer(config, Rows.NUMBERS, KernelChoice.SIMD.kernel());
        simd.learn(rows);

        assertThat(simd.kernel()).isEqualTo("simd");
        assertThat(simd.state()).isEqualTo(scalar.state());
        assertThat(simd.cells().data).isEqualTo(scalar.cells().data);
        assertThat(simd.digest()).isEqualTo(scalar.digest()).isNotZero();
    }

    static Stream<Arguments> layered() {
        return all().filter(arguments -> arguments.get()[1] != OptimizerKind.NORMALIZED_ADAPTIVE);
    }

    @ParameterizedTest
    @MethodSource("layered")
    void learn_the_same_bits_of_layers(LossKind loss, OptimizerKind optimizer) {
        check(config(loss, optimizer).withLearner(new LearnerConfig(LearnerKind.MLP)));
    }

    /// Narrow and wide rows, some with an index twice.
    @ParameterizedTest
    @MethodSource("all")
    void learn_the_same_bits(LossKind loss, OptimizerKind optimizer) {
        check(config(loss, optimizer));
    }

    @Test
    void are_told_by_name() {
        assertThat(KernelChoice.SCALAR.kernel().name()).isEqualTo("scalar");
        assertThat(KernelChoice.AUTO.kernel().name()).isIn("scalar", "simd");
        assertThat(KernelChoice.cpu()).contains("registers of ");
    }
}
