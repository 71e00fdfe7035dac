package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Index.atIndex;

import io.millrace.feature.Examples;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The first three steps of every optimizer, done by hand (with a pocket calculator's double precision) from the
/// equations that its class names. Squared loss, and three examples of two features: x = (1, 2), y = 1;
/// x = (1, -1), y = -1; x = (1, 1/2), y = 2.
class OptimizerTest {
    private static final double[][] EXAMPLES = {{1, 2, 1}, {1, -1, -1}, {1, 0.5, 2}};

    static OptimizerConfig config(OptimizerKind kind, double rate, Map<String, Double> keys) {
        return new OptimizerConfig(
                kind,
                rate,
                keys.getOrDefault("power-t", 0.0),
                key(keys, "inverse-time"),
                key(keys, "cosine"),
                key(keys, "momentum"),
                key(keys, "beta1"),
                key(keys, "beta2"),
                key(keys, "epsilon"),
                key(keys, "beta"),
                key(keys, "l1"),
                key(keys, "l2"),
                key(keys, "clip"));
    }

    private static OptionalDouble key(Map<String, Double> keys, String name) {
        var value = keys.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /// @param expected w0 and w1 after each example
    private static void assertSteps(OptimizerKind kind, double rate, Map<String, Double> keys, double... expected) {
        var trainer = new Trainer(new LearnConfig(LossKind.SQUARED, config(kind, rate, keys), 4), List.of());
        var stride = trainer.cells().stride;
        for (var t = 0; t < EXAMPLES.length; t++) {
            var row = new Examples(0);
            row.begin();
            row.add(0, (float) EXAMPLES[t][0]);
            row.add(1, (float) EXAMPLES[t][1]);
            row.end((float) EXAMPLES[t][2], 1, 0, 0, 0);
            trainer.learn(row);
            for (var index = 0; index < 2; index++) {
                assertThat((double) trainer.cells().data[index * stride])
                        .as("w%d after %d examples", index, t + 1)
                        .isCloseTo(expected[2 * t + index], within(2e-6));
            }
        }
        assertThat(trainer.refused()).isZero();
    }

    @Nested
    class Three_steps {
        /// Bottou, *Online Learning and Stochastic Approximations*, 1998, equation 2.2.
        @Test
        void of_gradient_descent() {
            assertSteps(
                    OptimizerKind.SGD, 0.1, Map.of(), 0.2000000, 0.4000000, 0.0400000, 0.5600000, 0.3760000, 0.7280000);
        }

        /// Sutskever et al. 2013, equations 1 and 2.
        @Test
        void of_momentum() {
            assertSteps(
                    OptimizerKind.MOMENTUM,
                    0.1,
                    Map.of(),
                    0.2000000,
                    0.4000000,
                    0.2200000,
                    0.9200000,
                    0.5020000,
                    1.5200000);
        }

        /// Bengio et al. 2013, equation 7.
        @Test
        void of_nesterov() {
            assertSteps(
                    OptimizerKind.NESTEROV,
                    0.1,
                    Map.of(),
                    0.3800000,
                    0.7600000,
                    0.3064000,
                    1.3196000,
                    0.7446040,
                    1.9080620);
        }

        /// Duchi et al. 2011, figure 1.
        @Test
        void of_adagrad() {
            assertSteps(
                    OptimizerKind.ADAGRAD,
                    0.1,
                    Map.of(),
                    0.1000000,
                    0.1000000,
                    0.0292893,
                    0.1447214,
                    0.1094825,
                    0.1837952);
        }

        /// Tieleman and Hinton 2012, slide 29.
        @Test
        void of_rmsprop() {
            assertSteps(
                    OptimizerKind.RMSPROP,
                    0.1,
                    Map.of(),
                    0.3162278,
                    0.3162278,
                    0.0868120,
                    0.4636697,
                    0.3364307,
                    0.5844245);
        }

        /// Kingma and Ba 2015, algorithm 1.
        @Test
        void of_adam() {
            assertSteps(
                    OptimizerKind.ADAM,
                    0.1,
                    Map.of(),
                    0.1000000,
                    0.1000000,
                    0.0947368,
                    0.1932179,
                    0.1425701,
                    0.2839803);
        }

        /// McMahan et al. 2013, algorithm 1.
        @Test
        void of_ftrl() {
            assertSteps(
                    OptimizerKind.FTRL,
                    0.1,
                    Map.of(),
                    0.0666667,
                    0.0800000,
                    0.0148682,
                    0.1161398,
                    0.0816696,
                    0.1490318);
        }

        /// The same.
        @Test
        void of_ftrl_with_l1_and_l2() {
            assertSteps(
                    OptimizerKind.FTRL,
                    0.1,
                    Map.of("l1", 1.0, "l2", 0.5),
                    0.0327869,
                    0.0594059,
                    0.0000000,
                    0.0948107,
                    0.0550045,
                    0.1278594);
        }

        /// Ross et al. 2013, algorithm 3; Karampatziakis and Langford 2011, table 1, squared loss.
        @Test
        void of_normalized_adaptive() {
            assertSteps(
                    OptimizerKind.NORMALIZED_ADAPTIVE,
                    0.5,
                    Map.of(),
                    0.2534657,
                    0.1267328,
                    0.0054552,
                    0.2081136,
                    0.3019799,
                    0.2802974);
        }

        /// Duchi and Singer 2009, equations 19 and 20.
        @Test
        void of_l1_and_l2() {
            assertSteps(
                    OptimizerKind.SGD,
                    0.1,
                    Map.of("l1", 0.5, "l2", 1.0),
                    0.1363636,
                    0.3181818,
                    -0.0000000,
                    0.3925620,
                    0.2824944,
                    0.4753944);
        }

        /// Robbins and Monro 1951.
        @Test
        void of_inverse_time() {
            assertSteps(
                    OptimizerKind.SGD,
                    0.1,
                    Map.of("inverse-time", 2.0),
                    0.2000000,
                    0.4000000,
                    0.0933333,
                    0.5066667,
                    0.2586667,
                    0.5893333);
        }

        /// Loshchilov and Hutter 2017, equation 5.
        @Test
        void of_cosine() {
            assertSteps(
                    OptimizerKind.SGD,
                    0.1,
                    Map.of("cosine", 2.0),
                    0.2000000,
                    0.4000000,
                    0.1200000,
                    0.4800000,
                    0.4480000,
                    0.6440000);
        }

        /// The slope counts as ±1.
        @Test
        void of_a_clipped_gradient() {
            assertSteps(
                    OptimizerKind.SGD,
                    0.1,
                    Map.of("clip", 1.0),
                    0.1000000,
                    0.2000000,
                    0.0000000,
                    0.3000000,
                    0.1000000,
                    0.3500000);
        }
    }

    @Nested
    class Ftrl_without_beta {
        /// g is a float, but g² is 0: what divides would be √0.
        @Test
        void leaves_a_weight_0_whose_squared_gradients_are_too_small_to_be_summed() {
            var learn = new LearnConfig(LossKind.SQUARED, config(OptimizerKind.FTRL, 0.1, Map.of("beta", 0.0)), 4);
            var trainer = new Trainer(learn, List.of());
            var row = new Examples(0);
            row.begin();
            row.add(3, 1e-23f);
            row.end(1, 1, 0, 0, 0);

            trainer.learn(row);

            assertThat(trainer.cells().data).startsWith(0, 0, 0).contains(-2e-23f, atIndex(10));
            assertThat(trainer.cells().data[9]).isZero();
        }

        @Test
        void keeps_its_weights_finite_at_a_rate_that_rounds_to_0() {
            var learn = new LearnConfig(LossKind.SQUARED, config(OptimizerKind.FTRL, 1e-60, Map.of("beta", 0.0)), 4);
            var trainer = new Trainer(learn, List.of());
            var row = one();

            trainer.learn(row);
            trainer.learn(row);

            assertThat(trainer.cells().data[9]).isFinite();
            assertThat(trainer.cells().data[10]).isFinite();
        }
    }

    /// One entry of value 1, of feature 3, labelled 1.
    private static Examples one() {
        var row = new Examples(0);
        row.begin();
        row.add(3, 1);
        row.end(1, 1, 0, 0, 0);
        return row;
    }

    @Nested
    class L1 {
        @Test
        void makes_exact_zeros() {
            for (var kind : OptimizerKind.values()) {
                var learn = new LearnConfig(LossKind.SQUARED, config(kind, 0.05, Map.of("l1", 1000.0)), 4);
                var trainer = new Trainer(learn, List.of());
                var row = one();

                trainer.learn(row);

                assertThat(Float.floatToRawIntBits(trainer.cells().data[3 * trainer.cells().stride]))
                        .as(kind.name())
                        .isZero();
            }
        }
    }
}
