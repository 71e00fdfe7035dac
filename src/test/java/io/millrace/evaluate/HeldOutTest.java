package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeldOutTest {
    private static final int COUNT = 5_000;

    /// One example: what is predicted by the model and by the baselines, and how it counts.
    ///
    /// @param decay what is left of its weight at the end, up to one factor for all
    private record Example(float p, double constant, double lastLabel, float y, float c, long group, double decay) {}

    /// Groups whose labels are alike, in all 64 bits of their hash.
    private static List<Example> examples(int count, boolean classes) {
        var random = Seed.random();
        var groups = random.longs(40).toArray();
        var examples = new ArrayList<Example>();
        double[] seen = {0, 0, 0};
        double[] ones = {0, 0, 0};
        double weights = 0, labels = 0, lastNumber = 0;
        var last = 2;
        for (var i = 0; i < count; i++) {
            var group = groups[random.nextInt(groups.length)];
            var lean = (group >>> 60) / 16.0;
            var y = classes ? random.nextDouble() < lean ? 1 : 0 : 1_000 + (float) (lean + random.nextGaussian());
            var p = classes ? 0.01f + 0.98f * random.nextFloat() : y + (float) (random.nextGaussian() + lean);
            var c = random.nextInt(4) / 2f;
            var allSeen = seen[0] + seen[1] + seen[2];
            var constant = classes ? (labels + 1) / (allSeen + 2) : weights > 0 ? labels / weights : 0;
            var lastLabel = classes ? (ones[last] + 1) / (seen[last] + 2) : lastNumber;
            examples.add(new Example(p, constant, lastLabel, y, c, group, Math.pow(15.0 / 16, -(i / 1024))));
            seen[last] += c;
            ones[last] += c * y;
            weights += c;
            labels += (double) c * y;
            lastNumber = y;
            last = y == 1 ? 1 : 0;
        }
        return examples;
    }

    private static HeldOut filled(HeldOut heldOut, List<Example> examples) {
        examples.forEach(each -> OneNumber.add(heldOut, each.p, each.y, each.c, each.group));
        return heldOut;
    }

    private static double mean(List<Example> all, ToDoubleFunction<Example> weight, ToDoubleFunction<Example> measure) {
        double sum = 0, weights = 0;
        for (var each : all) {
            sum += weight.applyAsDouble(each) * measure.applyAsDouble(each);
            weights += weight.applyAsDouble(each);
        }
        return sum / weights;
    }

    /// The sandwich, by its definition.
    ///
    /// @param influence of an example on the figure; its weighted mean is 0
    private static double error(
            List<Example> all, ToDoubleFunction<Example> weight, ToDoubleFunction<Example> influence) {
        var sums = new HashMap<Long, Double>();
        var weights = 0.0;
        for (var each : all) {
            if (each.c > 0) {
                var off = weight.applyAsDouble(each) * influence.applyAsDouble(each);
                sums.merge(each.group & 255, off, Double::sum);
                weights += weight.applyAsDouble(each);
            }
        }
        var squares = sums.values().stream().mapToDouble(sum -> sum * sum).sum();
        return Math.sqrt(squares * sums.size() / (sums.size() - 1.0)) / weights;
    }

    private static final class Expected {
        private final Map<String, Double> figures = new LinkedHashMap<>();
        private final List<Example> all;

        Expected(List<Example> all) {
            this.all = all;
        }

        /// A figure of the model that is a mean: itself and its interval.
        void mean(String name, ToDoubleFunction<Example> measure) {
            spans().forEach((span, weight) -> {
                var mean = HeldOutTest.mean(all, weight, measure);
                interval(name + span, mean, error(all, weight, each -> measure.applyAsDouble(each) - mean));
            });
        }

        void interval(String name, double value, double error) {
            var groups = all.stream()
                    .filter(each -> each.c > 0)
                    .map(each -> each.group & 255)
                    .distinct();
            var half = Student.t((int) groups.count() - 1) * error;
            figures.put(name, value);
            figures.put(name + ".se", error);
            figures.put(name + ".low", value - half);
            figures.put(name + ".high", value + half);
        }

        void plain(String name, ToDoubleFunction<Example> measure) {
            spans().forEach((span, weight) -> figures.put(name + span, HeldOutTest.mean(all, weight, measure)));
        }

        void assertIn(Map<String, Double> metrics) {
            assertThat(metrics.keySet()).containsAll(figures.keySet());
            figures.forEach((name, value) -> assertThat(metrics.get(name))
                    .as(name)
                    .isCloseTo(value, within(1e-9 * Math.max(1, Math.abs(value)))));
        }
    }

    private static Map<String, ToDoubleFunction<Example>> spans() {
        return Map.of("", each -> each.c, ".decayed", each -> each.c * each.decay);
    }

    @Nested
    class Classification {
        private static double logLoss(double p, Example each) {
            return -Math.log(each.y == 1 ? p : 1 - p);
        }

        private static double hit(double p, Example each) {
            return p >= 0.5 == (each.y == 1) ? 1 : 0;
        }

        private static double brier(double p, Example each) {
            return (p - each.y) * (p - each.y);
        }

        @ParameterizedTest
        @ValueSource(ints = {20, 1024, 1025, 4096, COUNT})
        void has_the_figures_of_their_definitions(int count) {
            var all = examples(count, true);
            var expected = new Expected(all);
            expected.mean("log-loss", each -> logLoss(each.p, each));
            expected.mean("accuracy", each -> hit(each.p, each));
            expected.mean("brier", each -> brier(each.p, each));
            expected.plain("log-loss.constant", each -> logLoss(each.constant, each));
            expected.plain("accuracy.constant", each -> hit(each.constant, each));
            expected.plain("brier.constant", each -> brier(each.constant, each));
            expected.plain("log-loss.last-label", each -> logLoss(each.lastLabel, each));
            expected.plain("accuracy.last-label", each -> hit(each.lastLabel, each));
            expected.plain("brier.last-label", each -> brier(each.lastLabel, each));

            var heldOut = filled(Outcome.BINARY.heldOut(), all);

            expected.assertIn(heldOut.metrics());
            assertThat(heldOut.examples()).isEqualTo(count);
            assertThat(heldOut.metrics().keySet())
                    .filteredOn(name -> !expected.figures.containsKey(name))
                    .containsExactlyInAnyOrder(
                            "auc",
                            "auc.error",
                            "auc.decayed",
                            "auc.decayed.error",
                            "ece",
                            "ece.decayed",
                            "groups",
                            "groups.decayed");
        }

        @Test
        void has_the_figures_done_by_hand() {
            var heldOut = Outcome.BINARY.heldOut();
            OneNumber.add(heldOut, 0.75f, 1, 1, 1); // the constant says 1/2, the last label 1/2
            OneNumber.add(heldOut, 0.25f, 1, 2, 2); // 2/3, 1/2
            OneNumber.add(heldOut, 0.5f, 0, 1, 3); //  4/5, 3/4

            var metrics = heldOut.metrics();

            assertThat(metrics.get("log-loss"))
                    .isCloseTo(-(Math.log(0.75) + 2 * Math.log(0.25) + Math.log(0.5)) / 4, within(1e-12));
            assertThat(metrics.get("accuracy")).isEqualTo(0.25);
            assertThat(metrics.get("brier")).isEqualTo((0.0625 + 2 * 0.5625 + 0.25) / 4);
            assertThat(metrics.get("log-loss.constant"))
                    .isCloseTo(-(Math.log(1 / 2.0) + 2 * Math.log(2 / 3.0) + Math.log(1 / 5.0)) / 4, within(1e-12));
            assertThat(metrics.get("brier.last-label")).isCloseTo((1 / 4.0 + 2 / 4.0 + 9 / 16.0) / 4, within(1e-12));
            assertThat(metrics.get("auc")).isCloseTo(1 / 3.0, within(1e-12));
            assertThat(metrics.get("auc.error")).isZero();
            assertThat(metrics.get("ece")).isCloseTo((0.25 + 2 * 0.75 + 0.5) / 4, within(1e-12));
            assertThat(metrics.get("groups")).isEqualTo(3);
        }

        @Test
        void has_a_calibration_table() {
            var heldOut = Outcome.BINARY.heldOut();
            OneNumber.add(heldOut, 0.25f, 1, 1, 1);
            OneNumber.add(heldOut, 0.28125f, 0, 3, 2);
            OneNumber.add(heldOut, 1, 1, 4, 3);

            assertThat(heldOut.calibration())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "calibration.2.predicted",
                            (0.25 + 3 * 0.28125) / 4,
                            "calibration.2.observed",
                            0.25,
                            "calibration.2.share",
                            0.5,
                            "calibration.9.predicted",
                            1.0,
                            "calibration.9.observed",
                            1.0,
                            "calibration.9.share",
                            0.5));
        }

        @Test
        void stays_finite_where_a_prediction_is_certain_and_wrong() {
            var heldOut = Outcome.BINARY.heldOut();
            OneNumber.add(heldOut, 0, 1, 1, 1);
            OneNumber.add(heldOut, 1, 0, 1, 2);

            assertThat(heldOut.metrics().get("log-loss")).isCloseTo(24 * Math.log(2), within(1e-9));
            assertThat(heldOut.metrics().values()).allMatch(Double::isFinite);
        }
    }

    @Nested
    class Regression {
        @ParameterizedTest
        @ValueSource(ints = {20, 1024, 1025, 4096, COUNT})
        void has_the_figures_of_their_definitions(int count) {
            var all = examples(count, false);
            var expected = new Expected(all);
            expected.mean("mae", each -> Math.abs(each.p - each.y));
            expected.plain("mae.constant", each -> Math.abs(each.constant - each.y));
            expected.plain("mae.last-label", each -> Math.abs(each.lastLabel - each.y));
            spans().forEach((span, weight) -> {
                var square = mean(all, weight, each -> square(each.p - each.y));
                var off = error(all, weight, each -> square(each.p - each.y) - square);
                expected.interval("rmse" + span, Math.sqrt(square), off / (2 * Math.sqrt(square)));
                var middle = mean(all, weight, each -> each.y);
                var variance = mean(all, weight, each -> square(each.y - middle));
                var left = square / variance;
                expected.interval(
                        "r2" + span,
                        1 - left,
                        error(all, weight, each -> square(each.p - each.y) - left * square(each.y - middle))
                                / variance);
                expected.figures.put(
                        "rmse.constant" + span, Math.sqrt(mean(all, weight, each -> square(each.constant - each.y))));
                expected.figures.put(
                        "rmse.last-label" + span,
                        Math.sqrt(mean(all, weight, each -> square(each.lastLabel - each.y))));
            });

            var heldOut = filled(Outcome.NUMBER.heldOut(), all);

            expected.assertIn(heldOut.metrics());
            assertThat(heldOut.metrics()).hasSize(expected.figures.size() + 2).containsKeys("groups", "groups.decayed");
            assertThat(heldOut.calibration()).isEmpty();
        }

        private static double square(double x) {
            return x * x;
        }

        @Test
        void has_the_figures_done_by_hand() {
            var heldOut = Outcome.NUMBER.heldOut();
            OneNumber.add(heldOut, 3, 4, 1, 1); //  the constant says 0, the last label 0
            OneNumber.add(heldOut, 7, 10, 1, 1); // 4, 4
            OneNumber.add(heldOut, 7, 7, 2, 1); //  7, 10

            assertThat(heldOut.metrics())
                    .containsEntry("mae", 1.0)
                    .containsEntry("rmse", Math.sqrt(2.5))
                    .containsEntry("mae.constant", 2.5)
                    .containsEntry("rmse.constant", Math.sqrt(13))
                    .containsEntry("mae.last-label", 4.0)
                    .containsEntry("r2", 1 - 10 / 18.0)
                    .doesNotContainKeys("mae.se", "rmse.low", "r2.high"); // one group has no spread
        }

        @ParameterizedTest
        @ValueSource(ints = {20, 4096})
        void has_the_cost_that_its_model_learns_by(int count) {
            var all = examples(count, false);
            var expected = new Expected(all);
            expected.mean("pinball", each -> pinball(each.p, each.y));
            expected.plain("pinball.constant", each -> pinball(each.constant, each.y));
            expected.plain("pinball.last-label", each -> pinball(each.lastLabel, each.y));
            expected.figures.putAll(filled(Outcome.NUMBER.heldOut(), all).metrics());

            var heldOut =
                    filled(Outcome.number(new Cost(PointLoss.PINBALL, 0.9)).heldOut(), all);

            expected.assertIn(heldOut.metrics());
            assertThat(heldOut.metrics()).hasSize(expected.figures.size());
        }

        private static double pinball(double p, double y) {
            return p < y ? 0.9 * (y - p) : (1 - 0.9) * (p - y);
        }

        @Test
        void explains_nothing_where_all_labels_are_the_same() {
            var heldOut = Outcome.NUMBER.heldOut();
            OneNumber.add(heldOut, 3, 4, 1, 1);
            OneNumber.add(heldOut, 5, 4, 1, 2);

            assertThat(heldOut.metrics()).doesNotContainKey("r2").containsEntry("mae", 1.0);
        }
    }

    static List<Supplier<HeldOut>> kinds() {
        return List.of(
                Outcome.BINARY::heldOut,
                Outcome.NUMBER::heldOut,
                () -> Outcome.number(new Cost(PointLoss.POISSON)).heldOut());
    }

    @Nested
    class Of_either_kind {
        static List<Supplier<HeldOut>> kinds() {
            return HeldOutTest.kinds();
        }

        @ParameterizedTest
        @MethodSource("kinds")
        void nothing_is_known_before_the_first_example(Supplier<HeldOut> kind) {
            var heldOut = kind.get();
            OneNumber.add(heldOut, 0.5f, 1, 0, 1);

            assertThat(heldOut.metrics()).isEmpty();
            assertThat(heldOut.calibration()).isEmpty();
        }

        @ParameterizedTest
        @MethodSource("kinds")
        void a_state_goes_on_with_the_same_bits(Supplier<HeldOut> kind) {
            var all = examples(COUNT, true);
            var whole = filled(kind.get(), all);

            var first = filled(kind.get(), all.subList(0, 1_500));
            var second = filled(kind.get(), examples(100, true)); // forgotten
            second.restore(first.state());
            filled(second, all.subList(1_500, COUNT));

            assertThat(second.state()).isEqualTo(whole.state());
            assertThat(second.metrics()).isEqualTo(whole.metrics());
            assertThat(second.examples()).isEqualTo(COUNT);
        }

        @ParameterizedTest
        @MethodSource("kinds")
        void a_state_of_another_length_is_refused(Supplier<HeldOut> kind) {
            var expected = kind.get().state().size();

            assertThatThrownBy(() -> kind.get().restore(List.of(1.0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("state of metrics has 1 numbers: expected " + expected);
            assertThat(expected).isLessThan(10_000);
        }

        @ParameterizedTest
        @MethodSource("kinds")
        void adding_allocates_nothing(Supplier<HeldOut> kind) {
            var all = examples(COUNT, true);
            var heldOut = filled(kind.get(), all);
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            var prediction = new float[1];
            var before = threads.getCurrentThreadAllocatedBytes();

            for (var i = 0; i < 10 * COUNT; i++) {
                var each = all.get(i % COUNT);
                prediction[0] = each.p;
                heldOut.add(prediction, 0, each.y, each.c, each.group);
            }

            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(COUNT);
        }

        @ParameterizedTest
        @MethodSource("kinds")
        void a_reset_leaves_nothing(Supplier<HeldOut> kind) {
            var heldOut = filled(kind.get(), examples(COUNT, true));

            heldOut.reset();

            assertThat(heldOut.state()).isEqualTo(kind.get().state());
        }

        /// The decayed row is scaled down about every 700,000 examples.
        @ParameterizedTest
        @MethodSource("kinds")
        void decayed_figures_outlive_millions_of_examples(Supplier<HeldOut> kind) {
            var heldOut = kind.get();
            for (var i = 0; i < 1_500 * 1024; i++) { // whole windows, so that both then stand at the same place
                OneNumber.add(heldOut, 0.25f, 1, 1, i);
            }
            var recent = kind.get();
            var random = new Random(1);
            for (var i = 0; i < 1024 * 1024; i++) {
                var p = random.nextFloat();
                OneNumber.add(heldOut, p, i & 1, 1, i);
                OneNumber.add(recent, p, i & 1, 1, i);
            }

            var measure = heldOut.metrics().containsKey("brier") ? "brier" : "rmse";
            for (var name : List.of(measure + ".decayed", measure + ".decayed.se")) {
                assertThat(heldOut.metrics().get(name))
                        .as(name)
                        .isCloseTo(
                                recent.metrics().get(name),
                                within(1e-9 * recent.metrics().get(name)));
            }
        }
    }

    /// An exact area needs all pairs.
    @Nested
    class The_area_under_the_curve {
        private static double exact(float[] p, int[] y, float[] c) {
            double area = 0, pairs = 0;
            for (var i = 0; i < p.length; i++) {
                for (var j = 0; j < p.length; j++) {
                    if (y[i] == 1 && y[j] == 0) {
                        var pair = (double) c[i] * c[j];
                        pairs += pair;
                        area += p[i] > p[j] ? pair : p[i] == p[j] ? pair / 2 : 0;
                    }
                }
            }
            return area / pairs;
        }

        @ParameterizedTest
        @ValueSource(doubles = {-12, -3, 0, 3, 12})
        void lies_within_its_bound_of_the_exact_one(double middle) {
            var random = Seed.random();
            var n = 1_500;
            var p = new float[n];
            var y = new int[n];
            var c = new float[n];
            var heldOut = Outcome.BINARY.heldOut();
            for (var i = 0; i < n; i++) {
                y[i] = random.nextInt(2);
                var tied = random.nextInt(3) == 0;
                var logit = middle + (tied ? random.nextInt(3) : y[i] + 2 * random.nextGaussian());
                p[i] = (float) (1 / (1 + Math.exp(-logit)));
                c[i] = random.nextInt(3);
                OneNumber.add(heldOut, p[i], y[i], c[i], i);
            }

            var metrics = heldOut.metrics();

            assertThat(metrics.get("auc")).isCloseTo(exact(p, y, c), within(metrics.get("auc.error") + 1e-12));
            // about 8 % of the pairs are ties indeed, which cost half of that
            assertThat(metrics.get("auc.error")).isLessThan(Math.abs(middle) == 12 ? 0.07 : 0.03);
        }

        @Test
        void is_exact_where_scores_stand_apart() {
            float[] p = {0.001f, 0.01f, 0.1f, 0.3f, 0.31f, 0.49f, 0.5f, 0.51f, 0.9f, 0.99f, 0.999f, 1};
            int[] y = {0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1};
            var c = new float[p.length];
            Arrays.fill(c, 1);
            var heldOut = Outcome.BINARY.heldOut();
            for (var i = 0; i < p.length; i++) {
                OneNumber.add(heldOut, p[i], y[i], 1, i);
            }

            assertThat(heldOut.metrics())
                    .hasEntrySatisfying("auc", auc -> assertThat(auc).isCloseTo(exact(p, y, c), within(1e-12)))
                    .containsEntry("auc.error", 0.0);
        }

        @Test
        void may_be_as_wrong_as_its_bound_says() {
            var heldOut = Outcome.BINARY.heldOut();
            OneNumber.add(heldOut, 0.3001f, 0, 1, 1); // the same bin
            OneNumber.add(heldOut, 0.3002f, 1, 1, 2);

            assertThat(heldOut.metrics()).containsEntry("auc", 0.5).containsEntry("auc.error", 0.5); // exact: 1
        }

        @Test
        void is_unknown_while_a_label_is_missing() {
            var heldOut = Outcome.BINARY.heldOut();
            OneNumber.add(heldOut, 0.5f, 1, 1, 1);

            assertThat(heldOut.metrics()).doesNotContainKeys("auc", "auc.error").containsKey("log-loss");
        }

        @Test
        void has_bins_that_rise_with_the_score() {
            var last = -1;
            for (var p = 0.0; p <= 1; p += 1e-5) {
                var cell = Roc.cell((float) p, false);

                assertThat(cell).isBetween(Math.max(0, last), Roc.CELLS - 2).isEven();
                last = cell;
            }
            assertThat(Roc.cell(0, false)).isZero();
            assertThat(Roc.cell(1, true)).isEqualTo(Roc.CELLS - 1);
            assertThat(Roc.BINS).isEqualTo(1_856);
        }
    }
}
