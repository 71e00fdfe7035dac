package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
    private static final int COUNT = 5_000;
    private final Random random = Seed.random();
    private final List<float[]> predictedAndLabels = predictedAndLabels();

    /// Odds that move, labels that like to repeat.
    private List<float[]> predictedAndLabels() {
        var pairs = new ArrayList<float[]>();
        var label = 0;
        for (var i = 0; i < COUNT; i++) {
            label = random.nextInt(3) == 0 ? random.nextInt(2) : label;
            pairs.add(new float[] {0.02f + 0.96f * random.nextFloat(), label});
        }
        return pairs;
    }

    private static double logLoss(double p, double label) {
        return -Math.log(label == 1 ? p : 1 - p);
    }

    private static double hit(double p, double label) {
        return p >= 0.5 == (label == 1) ? 1 : 0;
    }

    private void fill(Progress progress, int from, int to) {
        for (var pair : predictedAndLabels.subList(from, to)) {
            OneNumber.add(progress, pair[0], pair[1], 1);
        }
    }

    /// Every figure by its plain definition: all losses in a list, windows of 1,024 from the first on.
    private static final class Definition {
        private final Map<String, List<Double>> losses = new LinkedHashMap<>();

        void add(String name, double loss) {
            losses.computeIfAbsent(name, any -> new ArrayList<>()).add(loss);
        }

        double mean(String name) {
            return losses.get(name).stream().mapToDouble(loss -> loss).average().getAsDouble();
        }

        /// Of n whole windows and a part, the part counts once, the window k places before it (15/16)^k.
        double decayed(String name) {
            var list = losses.get(name);
            var whole = list.size() / 1024;
            var part = list.size() % 1024 > 0 ? 1 : 0;
            double sum = 0, weights = 0;
            for (var i = 0; i < list.size(); i++) {
                var weight = Math.pow(15.0 / 16, whole + part - 1 - i / 1024);
                sum += weight * list.get(i);
                weights += weight;
            }
            return sum / weights;
        }

        Map<String, Double> metrics(List<String> measures) {
            var metrics = new LinkedHashMap<String, Double>();
            for (var suffix : List.of("", ".constant", ".last-label")) {
                for (var measure : measures) {
                    metrics.put(measure + suffix, mean(measure + suffix));
                    metrics.put(measure + suffix + ".decayed", decayed(measure + suffix));
                }
            }
            return metrics;
        }
    }

    private static void assertClose(Map<String, Double> actual, Map<String, Double> expected) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, value) -> assertThat(actual.get(name)).as(name).isCloseTo(value, within(1e-9)));
    }

    @Nested
    class Classification {
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 1023, 1024, 1025, 4096, COUNT})
        void has_the_figures_of_their_definitions(int count) {
            var progress = Outcome.BINARY.progress();
            var definition = new Definition();
            double[] seenAfter = {0, 0, 0};
            double[] onesAfter = {0, 0, 0};
            var last = 2;
            double ones = 0;
            for (var i = 0; i < count; i++) {
                var pair = predictedAndLabels.get(i);
                double label = pair[1];
                var constant = (ones + 1) / (i + 2);
                var lastLabel = (onesAfter[last] + 1) / (seenAfter[last] + 2);
                definition.add("log-loss", logLoss(pair[0], label));
                definition.add("log-loss.constant", logLoss(constant, label));
                definition.add("log-loss.last-label", logLoss(lastLabel, label));
                definition.add("accuracy", hit(pair[0], label));
                definition.add("accuracy.constant", hit(constant, label));
                definition.add("accuracy.last-label", hit(lastLabel, label));
                ones += label;
                seenAfter[last]++;
                onesAfter[last] += label;
                last = (int) label;
            }

            fill(progress, 0, count);

            assertClose(progress.metrics(), definition.metrics(List.of("log-loss", "accuracy")));
        }

        @Test
        void knows_that_the_last_label_says_more_than_a_constant() {
            var progress = Outcome.BINARY.progress();

            fill(progress, 0, COUNT);

            assertThat(progress.metrics().get("log-loss.last-label"))
                    .isLessThan(progress.metrics().get("log-loss.constant"));
        }

        @Test
        void stays_finite_where_predictions_are_certain_and_wrong() {
            var progress = Outcome.BINARY.progress();
            for (var i = 0; i < 3_000; i++) {
                OneNumber.add(progress, i % 2 == 0 ? 1.1253516e-7f : 0.9999999f, 1 - i % 2, 1);
            }

            assertThat(progress.metrics().get("log-loss")).isCloseTo(16, within(0.1));
        }

        @Test
        void stays_finite_where_a_prediction_is_0_or_1() {
            var progress = Outcome.BINARY.progress();
            OneNumber.add(progress, 0, 1, 1);
            OneNumber.add(progress, 1, 0, 1);

            assertThat(progress.metrics().get("log-loss")).isCloseTo(24 * Math.log(2), within(1e-9));
        }

        @Test
        void counts_an_example_by_its_weight() {
            var progress = Outcome.BINARY.progress();

            OneNumber.add(progress, 0.25f, 1, 3);
            OneNumber.add(progress, 0.25f, 0, 1);

            assertThat(progress.metrics().get("log-loss"))
                    .isCloseTo((-3 * Math.log(0.25) - Math.log(0.75)) / 4, within(1e-12));
            assertThat(progress.metrics().get("accuracy")).isEqualTo(0.25);
        }
    }

    @Nested
    class Regression {
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 1023, 1024, 1025, 4096, COUNT})
        void has_the_figures_of_their_definitions(int count) {
            var progress = Outcome.NUMBER.progress();
            var definition = new Definition();
            double sum = 0;
            double last = 0;
            for (var i = 0; i < count; i++) {
                var predicted = (float) random.nextGaussian();
                var label = (float) (5 + random.nextGaussian());
                var constant = i == 0 ? 0 : sum / i;
                definition.add("mae", Math.abs(predicted - (double) label));
                definition.add("mae.constant", Math.abs(constant - label));
                definition.add("mae.last-label", Math.abs(last - label));
                definition.add("rmse", Math.pow(predicted - (double) label, 2));
                definition.add("rmse.constant", Math.pow(constant - label, 2));
                definition.add("rmse.last-label", Math.pow(last - label, 2));
                sum += label;
                last = label;
                OneNumber.add(progress, predicted, label, 1);
            }

            var expected = definition.metrics(List.of("mae", "rmse"));
            expected.replaceAll((name, value) -> name.startsWith("rmse") ? Math.sqrt(value) : value);

            assertClose(progress.metrics(), expected);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 1025, COUNT})
        void has_the_cost_that_its_model_learns_by(int count) {
            var progress = Outcome.number(new Cost(PointLoss.PINBALL, 0.9)).progress();
            var plain = Outcome.NUMBER.progress();
            var definition = new Definition();
            double sum = 0;
            double last = 0;
            for (var i = 0; i < count; i++) {
                var predicted = (float) random.nextGaussian();
                var label = (float) (1 + random.nextGaussian());
                definition.add("pinball", pinball(predicted, label));
                definition.add("pinball.constant", pinball(i == 0 ? 0 : sum / i, label));
                definition.add("pinball.last-label", pinball(last, label));
                sum += label;
                last = label;
                OneNumber.add(progress, predicted, label, 1);
                OneNumber.add(plain, predicted, label, 1);
            }

            var own = new LinkedHashMap<>(progress.metrics());
            own.keySet().removeAll(plain.metrics().keySet());
            assertClose(own, definition.metrics(List.of("pinball")));
            assertThat(progress.metrics()).containsAllEntriesOf(plain.metrics());
        }

        private static double pinball(double predicted, double label) {
            return predicted < label ? 0.9 * (label - predicted) : (1 - 0.9) * (predicted - label);
        }
    }

    @Nested
    class A_state {
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 700, 1023, 1024, 1025, 3_000, COUNT})
        void goes_on_with_the_same_bits(int cut) {
            for (var kind : List.<Supplier<Progress>>of(
                    Outcome.BINARY::progress,
                    Outcome.NUMBER::progress,
                    () -> Outcome.number(new Cost(PointLoss.HUBER, 1)).progress())) {
                var whole = kind.get();
                fill(whole, 0, COUNT);
                var first = kind.get();
                fill(first, 0, cut);

                var second = kind.get();
                fill(second, 100, 900);
                second.restore(first.state());
                fill(second, cut, COUNT);

                assertThat(second.state()).isEqualTo(whole.state());
                assertThat(second.metrics()).isEqualTo(whole.metrics());
            }
        }

        @Test
        void is_not_changed_by_a_look_at_the_metrics() {
            var progress = Outcome.BINARY.progress();
            fill(progress, 0, 1_500);
            var before = progress.state();

            progress.metrics();

            assertThat(progress.state()).isEqualTo(before);
        }

        @Test
        void of_another_length_is_refused() {
            assertThatThrownBy(() -> Outcome.NUMBER
                            .progress()
                            .restore(Outcome.BINARY.progress().state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("state of metrics has 32 numbers: expected 25");
        }
    }

    @Nested
    class Nothing {
        @Test
        void is_known_before_the_first_example_and_after_a_reset() {
            for (var progress : List.of(Outcome.BINARY.progress(), Outcome.NUMBER.progress())) {
                assertThat(progress.metrics()).isEmpty();
                var before = progress.state();
                fill(progress, 0, 1_500);

                progress.reset();

                assertThat(progress.metrics()).isEmpty();
                assertThat(progress.state()).isEqualTo(before);
            }
        }
    }
}
