package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MulticlassTest {
    private static final int COUNT = 5_000;
    private static final int CLASSES = 4;

    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    private record Example(float[] p, int label, float weight, long group) {}

    private final List<Example> examples = examples(CLASSES);

    /// Probabilities that say something, labels that like to repeat, groups whose labels are alike.
    private static List<Example> examples(int classes) {
        var random = Seed.random();
        var examples = new ArrayList<Example>();
        var label = 0;
        for (var i = 0; i < COUNT; i++) {
            label = random.nextInt(3) == 0 ? random.nextInt(classes) : label;
            var p = new float[classes];
            var sum = 0f;
            for (var k = 0; k < classes; k++) {
                p[k] = 0.01f + random.nextFloat() * (k == label ? 2 : 1);
                sum += p[k];
            }
            for (var k = 0; k < classes; k++) {
                p[k] /= sum;
            }
            examples.add(new Example(p, label, random.nextInt(4) / 2f, label + 7L * random.nextInt(20)));
        }
        return examples;
    }

    private static void fill(Progress progress, List<Example> some) {
        some.forEach(each -> progress.add(each.p, 0, each.label, each.weight));
    }

    private static void fill(HeldOut heldOut, List<Example> some) {
        some.forEach(each -> heldOut.add(each.p, 0, each.label, each.weight, each.group));
    }

    @Nested
    class The_figures {
        @Test
        void are_those_of_their_definitions() {
            double loss = 0, hits = 0, brier = 0, weights = 0, constantLoss = 0;
            var seen = new double[CLASSES];
            for (var each : examples) {
                loss -= each.weight * Math.log(each.p[each.label]);
                var best = 0;
                var total = 0.0;
                for (var k = 0; k < CLASSES; k++) {
                    best = each.p[k] > each.p[best] ? k : best;
                    brier += each.weight * Math.pow(each.p[k] - (k == each.label ? 1 : 0), 2);
                    total += seen[k];
                }
                hits += best == each.label ? each.weight : 0;
                constantLoss -= each.weight * Math.log((seen[each.label] + 1) / (total + CLASSES));
                seen[each.label] += each.weight;
                weights += each.weight;
            }
            var progress = Outcome.classes(CLASSES).progress();
            var heldOut = Outcome.classes(CLASSES).heldOut();

            fill(progress, examples);
            fill(heldOut, examples);

            for (var metrics : List.of(progress.metrics(), heldOut.metrics())) {
                assertThat(metrics.get("log-loss")).isCloseTo(loss / weights, within(1e-9));
                assertThat(metrics.get("accuracy")).isCloseTo(hits / weights, within(1e-9));
                assertThat(metrics.get("log-loss.constant")).isCloseTo(constantLoss / weights, within(1e-6));
                assertThat(metrics.get("log-loss.last-label")).isLessThan(metrics.get("log-loss.constant"));
            }
            assertThat(heldOut.metrics().get("brier")).isCloseTo(brier / weights, within(1e-9));
        }

        @Test
        void of_two_classes_are_those_of_a_probability_of_label_1() {
            var two = examples(2);
            var several = new MeasuredProgress(Outcome.classes(2));
            var binary = new ClassificationProgress();
            var severalHeldOut = new HeldOut(Outcome.classes(2));
            var binaryHeldOut = new HeldOut(Outcome.BINARY);

            fill(several, two);
            fill(severalHeldOut, two);
            for (var each : two) {
                OneNumber.add(binary, each.p[1], each.label, each.weight);
                OneNumber.add(binaryHeldOut, each.p[1], each.label, each.weight, each.group);
            }

            assertSame(several.metrics(), binary.metrics(), 1);
            assertSame(severalHeldOut.metrics(), binaryHeldOut.metrics(), 2);
        }

        /// @param brier what a Brier score of two probabilities is of that of one
        private static void assertSame(Map<String, Double> several, Map<String, Double> binary, double brier) {
            several.forEach((name, value) -> {
                // Of the likelier class, not of label 1; and of equal chances the one says label 1, the other the
                // first.
                if (!name.startsWith("ece") && !name.matches("accuracy\\.(constant|last-label).*")) {
                    var factor = name.startsWith("brier") ? brier : 1;
                    assertThat(value).as(name).isCloseTo(factor * binary.get(name), within(1e-6));
                }
            });
        }

        @Test
        void are_finite_where_what_came_was_given_no_chance() {
            var heldOut = Outcome.classes(2).heldOut();

            heldOut.add(new float[] {1, 0}, 0, 1, 1, 3);

            assertThat(heldOut.metrics().get("log-loss")).isCloseTo(24 * Math.log(2), within(1e-9));
        }

        @Test
        void of_confidence_that_is_kept_have_no_calibration_error() {
            var heldOut = Outcome.classes(CLASSES).heldOut();
            for (var i = 0; i < 1_000; i++) {
                heldOut.add(new float[] {0.1f, 0.7f, 0.1f, 0.1f}, 0, i % 10 < 7 ? 1 : 0, 1, i);
            }

            assertThat(heldOut.metrics().get("ece")).isCloseTo(0, within(1e-6));
            assertThat(heldOut.calibration().get("calibration.7.observed")).isCloseTo(0.7, within(1e-9));
        }
    }

    @Nested
    class A_state {
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 1023, 1024, 3_000, COUNT})
        void goes_on_with_the_same_bits(int cut) {
            var whole = Outcome.classes(CLASSES).progress();
            var heldOutWhole = Outcome.classes(CLASSES).heldOut();
            fill(whole, examples);
            fill(heldOutWhole, examples);
            var first = Outcome.classes(CLASSES).progress();
            var heldOutFirst = Outcome.classes(CLASSES).heldOut();
            fill(first, examples.subList(0, cut));
            fill(heldOutFirst, examples.subList(0, cut));

            var second = Outcome.classes(CLASSES).progress();
            var heldOutSecond = Outcome.classes(CLASSES).heldOut();
            fill(second, examples.subList(0, 100)); // to be forgotten
            fill(heldOutSecond, examples.subList(0, 100));
            second.restore(first.state());
            heldOutSecond.restore(heldOutFirst.state());
            fill(second, examples.subList(cut, COUNT));
            fill(heldOutSecond, examples.subList(cut, COUNT));

            assertThat(second.state()).isEqualTo(whole.state());
            assertThat(heldOutSecond.state()).isEqualTo(heldOutWhole.state());
        }

        @Test
        void of_fewer_classes_is_refused() {
            assertThatThrownBy(() -> Outcome.classes(3)
                            .progress()
                            .restore(Outcome.classes(2).progress().state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected");
        }
    }

    @Test
    void adding_allocates_nothing() {
        var progress = Outcome.classes(CLASSES).progress();
        var heldOut = Outcome.classes(CLASSES).heldOut();
        fill(progress, examples);
        fill(heldOut, examples);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var before = threads.getCurrentThreadAllocatedBytes();

        for (var round = 0; round < 5; round++) {
            for (var i = 0; i < COUNT; i++) {
                var each = examples.get(i);
                progress.add(each.p, 0, each.label, each.weight);
                heldOut.add(each.p, 0, each.label, each.weight, each.group);
            }
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(COUNT);
    }

    @Nested
    class A_comparison {
        @Test
        void finds_the_better_of_two() {
            var comparison = new Comparison(Outcome.classes(CLASSES), 2, 1);
            var even = new float[] {0.25f, 0.25f, 0.25f, 0.25f};
            for (var each : examples) {
                comparison.example(each.label, each.weight, each.group);
                comparison.predicted(0, each.p);
                comparison.predicted(1, even);
            }

            assertThat(comparison.figures(1).get("log-loss")).isCloseTo(Math.log(4), within(1e-6));
            assertThat(comparison.difference(0, 1).get("log-loss.high")).isNegative();
            assertThat(comparison.difference(0, 1).get("accuracy.low")).isPositive();
        }
    }

    @Test
    void a_point_loss_is_that_of_the_class_that_came() {
        var all = new float[] {9, 9, 0.2f, 0.3f, 0.5f, 9};

        assertThat(new Cost(PointLoss.LOG_LOSS).of(all, 2, 3, 1)).isCloseTo(-Math.log(0.3), within(1e-6));
        assertThat(new Cost(PointLoss.BRIER).of(all, 2, 3, 1)).isCloseTo(0.04 + 0.49 + 0.25, within(1e-6));
    }
}
