package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LossTest {
    private static final double H = 1e-5;
    private static final double TAU = 0.8;
    private static final double DELTA = 1.5;

    static final int CLASSES = 3;

    static ScalarLoss loss(LossKind kind) {
        return (ScalarLoss) Loss.of(config(kind));
    }

    static LearnConfig config(LossKind kind) {
        var tau = kind == LossKind.QUANTILE || kind == LossKind.EXPECTILE;
        return new LearnConfig(
                kind,
                tau ? OptionalDouble.of(TAU) : OptionalDouble.empty(),
                kind == LossKind.HUBER ? OptionalDouble.of(DELTA) : OptionalDouble.empty(),
                kind == LossKind.SOFTMAX ? OptionalInt.of(CLASSES) : OptionalInt.empty(),
                Optional.empty(),
                new OptimizerConfig(OptimizerKind.SGD, 0.1, 0),
                4,
                Optional.empty());
    }

    /// ℓ(m, y) as the textbooks have it, in double.
    static double value(LossKind kind, double m, float y) {
        var z = y == 1 ? m : -m;
        var e = m - y;
        return switch (kind) {
            case LOGISTIC -> Math.log1p(Math.exp(-z));
            case HINGE -> Math.max(0, 1 - z);
            case SMOOTHED_HINGE -> z >= 1 ? 0 : z <= 0 ? 0.5 - z : (1 - z) * (1 - z) / 2;
            case SQUARED -> e * e;
            case HUBER -> Math.abs(e) <= DELTA ? e * e / 2 : DELTA * (Math.abs(e) - DELTA / 2);
            case QUANTILE -> e < 0 ? -TAU * e : (1 - TAU) * e;
            case EXPECTILE -> (e < 0 ? TAU : 1 - TAU) * e * e;
            case POISSON -> Math.exp(m) - y * m;
            case SOFTMAX -> throw new IllegalArgumentException("it has several margins");
        };
    }

    /// A margin and a label that goes with the loss; none at a kink.
    record At(LossKind kind, float margin, float label) {}

    /// Those of one margin.
    static List<LossKind> scalar() {
        return Stream.of(LossKind.values())
                .filter(kind -> kind != LossKind.SOFTMAX)
                .toList();
    }

    static Stream<At> points() {
        var points = new ArrayList<At>();
        for (var kind : scalar()) {
            var labels = kind.ofClasses()
                    ? List.of(0f, 1f)
                    : kind == LossKind.POISSON ? List.of(0f, 1f, 7f) : List.of(-3f, 0.25f, 12f);
            for (var label : labels) {
                for (var margin : new float[] {-7.3f, -1.7f, -0.4f, 0, 0.3f, 0.9f, 1.6f, 4.2f}) {
                    points.add(new At(kind, margin, label));
                }
            }
        }
        return points.stream();
    }

    @Nested
    class The_gradient {
        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#points")
        void is_the_slope_of_the_loss(At at) {
            DoubleUnaryOperator loss = m -> value(at.kind, m, at.label);
            var slope = (loss.applyAsDouble(at.margin + H) - loss.applyAsDouble(at.margin - H)) / (2 * H);

            assertThat((double) loss(at.kind).gradient(at.margin, at.label))
                    .isCloseTo(slope, within(1e-5 * Math.max(1, Math.abs(slope))));
        }
    }

    /// dm/ds = -dℓ/dm, and m(0) the margin.
    @Nested
    class The_flow {
        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#points")
        void begins_at_the_margin_against_the_slope(At at) {
            var loss = loss(at.kind);
            var small = 1e-3 / Math.max(1, Math.abs(loss.gradient(at.margin, at.label)));

            assertThat(loss.flow(at.margin, at.label, 0)).isCloseTo(at.margin, within(1e-9));
            assertThat((loss.flow(at.margin, at.label, small) - at.margin) / small)
                    .isCloseTo(-loss.gradient(at.margin, at.label), within(1e-2 * Math.max(1, Math.exp(at.margin))));
        }

        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#points")
        void for_a_while_and_a_while_more_is_the_flow_for_both(At at) {
            var loss = loss(at.kind);
            var halfway = loss.flow(at.margin, at.label, 0.7);

            assertThat(loss.flow(halfway, at.label, 1.1)).isCloseTo(loss.flow(at.margin, at.label, 1.8), within(2e-5));
        }

        /// 1 / y is so much larger than e^-m that their difference would be lost.
        @ParameterizedTest
        @CsvSource({"30, 0.001, 1e-9", "29.5, 1e-15, 1e-9", "12, 1e-30, 0.5"})
        void of_a_count_that_is_nearly_none_is_that_of_none(float margin, float label, double s) {
            var loss = loss(LossKind.POISSON);

            assertThat(loss.flow(margin, label, s)).isCloseTo(loss.flow(margin, 0, s), within(1e-6));
        }

        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#points")
        void never_raises_the_loss_however_long(At at) {
            var loss = loss(at.kind);
            var before = value(at.kind, at.margin, at.label);
            for (var s : new double[] {0.1, 1, 10, 1e3, 1e6}) {
                var after = value(at.kind, loss.flow(at.margin, at.label, s), at.label);

                assertThat(after).as("after %s", s).isLessThanOrEqualTo(before + 1e-6);
                before = after;
            }
        }
    }

    /// What versions are judged by is what they learn by, but for what no prediction changes.
    @Nested
    class The_cost_of_a_number {
        @ParameterizedTest
        @EnumSource(names = {"SQUARED", "HUBER", "QUANTILE", "EXPECTILE", "POISSON"})
        void differs_between_margins_as_the_loss_does(LossKind kind) {
            var cost = config(kind).outcome().cost();
            for (var label : new float[] {0, 1, 7}) {
                var at0 = cost.of(loss(kind).predict(0), label) - value(kind, 0, label);
                for (var margin : new float[] {-3, -0.4f, 0.3f, 1.6f, 4.2f}) {
                    var difference = cost.of(loss(kind).predict(margin), label) - value(kind, margin, label);

                    assertThat(difference).as("%s %s", margin, label).isCloseTo(at0, within(1e-4));
                }
            }
        }

        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#scalar")
        void is_the_loss_of_its_own_name(LossKind kind) {
            assertThat(config(kind).outcome().cost().word())
                    .isEqualTo(
                            switch (kind) {
                                case QUANTILE -> "pinball(" + TAU + ")";
                                case EXPECTILE -> "expectile(" + TAU + ")";
                                case HUBER -> "huber(" + DELTA + ")";
                                case POISSON -> "poisson";
                                case SQUARED -> "rmse";
                                default -> "log-loss";
                            });
        }
    }

    @Nested
    class At_an_extreme_margin {
        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#scalar")
        void all_is_finite(LossKind kind) {
            var loss = loss(kind);
            for (var margin : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
                assertThat(loss.predict(margin)).isFinite();
            }
            for (var margin : new float[] {1e4f, -1e4f, 3e38f, -3e38f}) {
                assertThat(loss.predict(margin)).isFinite();
                for (var label : new float[] {0, 1}) {
                    assertThat(Math.abs(loss.gradient(margin, label))).isLessThanOrEqualTo(Float.POSITIVE_INFINITY);
                    assertThat(loss.flow(Math.max(-1e4f, Math.min(1e4f, margin)), label, 0.5))
                            .isFinite();
                }
            }
        }

        @ParameterizedTest
        @EnumSource(names = {"LOGISTIC", "HINGE", "SMOOTHED_HINGE"})
        void a_prediction_of_classes_is_a_probability(LossKind kind) {
            for (var margin : new float[] {-3e38f, -20, -0.5f, 0, 0.5f, 20, 3e38f}) {
                assertThat(loss(kind).predict(margin)).isBetween(0f, 1f);
            }
        }
    }

    @Nested
    class A_label {
        @ParameterizedTest
        @MethodSource("io.millrace.learn.LossTest#scalar")
        void that_is_no_number_is_refused(LossKind kind) {
            assertThat(loss(kind).accepts(Float.NaN)).isFalse();
            assertThat(loss(kind).accepts(Float.POSITIVE_INFINITY)).isFalse();
            assertThat(loss(kind).accepts(1)).isTrue();
            assertThat(loss(kind).accepts(-1)).isEqualTo(!kind.ofClasses() && kind != LossKind.POISSON);
        }
    }
}
