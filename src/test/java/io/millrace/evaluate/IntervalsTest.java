package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// 200 simulated tests of two versions whose true losses are known, by seeds 0 to 199: how many intervals hold the
/// truth.
class IntervalsTest {
    private static final int SIMULATIONS = 200;
    private static final double TRUTH = 3;
    private static final double TRUE_DIFFERENCE = -0.25;

    /// One test.
    private static final class Simulation {
        final Bootstrap bootstrap;
        final HeldOut heldOut = Outcome.NUMBER.heldOut();
        private final List<double[]> losses = new ArrayList<>();

        /// 80 groups of 1 to 30 examples, each group easier or harder than others for both versions and a little more
        /// so for one.
        Simulation(int seed) {
            bootstrap = new Bootstrap(2, seed);
            var random = new Random(seed);
            for (var group = 0; group < 80; group++) {
                var hash = random.nextLong();
                var hard = random.nextGaussian();
                var odd = 0.3 * random.nextGaussian();
                var size = 1 + random.nextInt(30);
                for (var i = 0; i < size; i++) {
                    add(
                            hash,
                            TRUTH + hard + 0.5 * random.nextGaussian(),
                            TRUTH - TRUE_DIFFERENCE + hard + odd + 0.5 * random.nextGaussian());
                }
            }
        }

        private void add(long group, double first, double second) {
            bootstrap.example(group, 1);
            bootstrap.add(0, first);
            bootstrap.add(1, second);
            OneNumber.add(heldOut, (float) Math.abs(first), 0, 1, group);
            losses.add(new double[] {first, second});
        }

        Interval mean() {
            return bootstrap.draw().interval(m -> m[0]);
        }

        Interval difference() {
            return bootstrap.draw().interval(m -> m[0] - m[1]);
        }

        /// Clustered by group, without draws.
        Interval clustered() {
            var metrics = heldOut.metrics();
            return new Interval(metrics.get("mae.low"), metrics.get("mae.high"));
        }

        /// As if every example stood for itself.
        Interval naive() {
            var n = losses.size();
            var mean = losses.stream().mapToDouble(loss -> loss[0]).average().getAsDouble();
            var squares = losses.stream()
                    .mapToDouble(loss -> (loss[0] - mean) * (loss[0] - mean))
                    .sum();
            var half = 1.96 * Math.sqrt(squares / (n - 1) / n);
            return new Interval(mean - half, mean + half);
        }
    }

    private static int covered(Predicate<Simulation> each) {
        var covered = 0;
        for (var seed = 0; seed < SIMULATIONS; seed++) {
            covered += each.test(new Simulation(seed)) ? 1 : 0;
        }
        return covered;
    }

    private static boolean holds(Interval interval, double truth) {
        return interval.low() <= truth && truth <= interval.high();
    }

    /// How likely k or fewer of n are, each with probability p.
    private static double binomial(int k, int n, double p) {
        var sum = 0.0;
        var term = Math.pow(1 - p, n);
        for (var i = 0; i <= k; i++) {
            sum += term;
            term *= (n - i) / (i + 1.0) * p / (1 - p);
        }
        return sum;
    }

    /// Neither so few nor so many that intervals of 95 % would give them once in 2,000 times.
    private static void assertAbout95Percent(int covered) {
        assertThat(binomial(covered, SIMULATIONS, 0.95))
                .as("%d of 200", covered)
                .isGreaterThan(5e-4);
        assertThat(1 - binomial(covered - 1, SIMULATIONS, 0.95))
                .as("%d of 200", covered)
                .isGreaterThan(5e-4);
    }

    @Nested
    class By_bootstrap {
        @Test
        void cover_a_mean_in_about_95_percent() {
            assertAbout95Percent(covered(each -> holds(each.mean(), TRUTH)));
        }

        @Test
        void cover_a_paired_difference_in_about_95_percent() {
            assertAbout95Percent(covered(each -> holds(each.difference(), TRUE_DIFFERENCE)));
        }

        @Test
        void of_a_difference_are_shorter_than_those_of_its_parts() {
            var simulation = new Simulation(1);
            var mean = simulation.mean();
            var difference = simulation.difference();

            assertThat(difference.high() - difference.low()).isLessThan((mean.high() - mean.low()) / 2);
        }

        @Test
        void are_the_same_for_the_same_seed_only() {
            var simulation = new Simulation(1);
            var other = new Bootstrap(1, 2);
            for (var i = 0; i < 100; i++) {
                other.example(i, 1);
                other.add(0, i);
            }
            var again = new Bootstrap(1, 3);
            for (var i = 0; i < 100; i++) {
                again.example(i, 1);
                again.add(0, i);
            }

            assertThat(simulation.mean()).isEqualTo(simulation.mean()).isEqualTo(new Simulation(1).mean());
            assertThat(other.draw().interval(m -> m[0]))
                    .isNotEqualTo(again.draw().interval(m -> m[0]));
        }

        @Test
        void agree_with_the_clustered_ones() {
            var simulation = new Simulation(7);
            var drawn = simulation.mean();
            var clustered = simulation.clustered();
            var length = clustered.high() - clustered.low();

            assertThat(drawn.low()).isCloseTo(clustered.low(), within(0.1 * length));
            assertThat(drawn.high()).isCloseTo(clustered.high(), within(0.1 * length));
        }

        @Test
        void count_weights_as_often() {
            var weighted = new Bootstrap(1, 1);
            var repeated = new Bootstrap(1, 1);
            for (var i = 0; i < 50; i++) {
                weighted.example(i, 1 + i % 3);
                weighted.add(0, (1 + i % 3) * i);
                for (var k = 0; k < 1 + i % 3; k++) {
                    repeated.example(i, 1);
                    repeated.add(0, i);
                }
            }

            assertThat(weighted.means()[0]).isEqualTo(repeated.means()[0]);
            assertThat(weighted.draw().interval(m -> m[0]))
                    .isEqualTo(repeated.draw().interval(m -> m[0]));
            assertThat(weighted.groups()).isEqualTo(50);
        }

        @Test
        void need_two_groups() {
            var bootstrap = new Bootstrap(1, 1);
            bootstrap.example(17, 1);
            bootstrap.example(17, 1);
            bootstrap.example(18, 0);

            assertThatThrownBy(bootstrap::draw)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("groups = 1: expected 2 or more to draw from");
        }
    }

    @Nested
    class Clustered {
        @Test
        void cover_a_mean_in_about_95_percent() {
            assertAbout95Percent(covered(each -> holds(each.clustered(), TRUTH)));
        }
    }

    @Nested
    class That_know_no_groups {
        @Test
        void do_not() {
            assertThat(covered(each -> holds(each.naive(), TRUTH))).isLessThan(140);
        }
    }
}
