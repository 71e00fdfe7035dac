package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PairedTest {
    private static final double CONFIDENCE = 0.95;

    /// 64 clusters, each with `perCluster` examples of the same difference.
    private static Paired alternating(int perCluster) {
        var paired = new Paired(1, CONFIDENCE);
        for (var k = 0; k < 64; k++) {
            for (var i = 0; i < perCluster; i++) {
                paired.add(k % 2 == 0 ? 3 : 1, 1, 1, k);
            }
        }
        return paired;
    }

    @Nested
    class The_figures {
        @Test
        void are_weighted_means() {
            var paired = new Paired(1.5, CONFIDENCE);
            paired.add(2, 1, 3, 0);
            paired.add(6, 2, 1, 1);

            assertThat(paired.first()).isEqualTo((3 * 2 + 6) / 4.0);
            assertThat(paired.second()).isEqualTo((3 * 1 + 2) / 4.0);
            assertThat(paired.difference()).isEqualTo((3 * 0.5 + 3) / 4.0);
            assertThat(paired.examples()).isEqualTo(2);
            assertThat(paired.clusters()).isEqualTo(2);
        }

        @Test
        void have_an_interval_by_the_published_formula() {
            var paired = alternating(16);

            // d is 2 or 0, its mean 1; each cluster's sum is 16 away from its share
            var n = 1024;
            var variance = 64.0 / 63 * 64 * 16 * 16;
            var alpha = 1 - CONFIDENCE;
            var rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / 4096;
            var radius = Math.sqrt(variance)
                    / n
                    * Math.sqrt(2 * (n * rho2 + 1) / (n * rho2) * Math.log(Math.sqrt(n * rho2 + 1) / alpha));
            assertThat(paired.difference()).isEqualTo(1);
            assertThat(paired.lower()).isCloseTo(1 - radius, within(1e-12));
            assertThat(paired.upper()).isCloseTo(1 + radius, within(1e-12));
        }

        @Test
        void say_nothing_of_too_few_examples() {
            assertThat(alternating(7).lower()).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(alternating(8).lower()).isFinite();
        }

        @Test
        void say_nothing_of_too_few_clusters() {
            var paired = new Paired(1, CONFIDENCE);
            for (var i = 0; i < 10_000; i++) {
                paired.add(i % 3, 0, 1, i % 29);
            }

            assertThat(paired.lower()).isEqualTo(Double.NEGATIVE_INFINITY);
        }

        @Test
        void go_on_from_a_state_with_the_same_bits() {
            var random = new Random(7);
            var whole = new Paired(1.01, CONFIDENCE);
            var second = new Paired(1.01, CONFIDENCE);
            var state = new ArrayList<Double>();
            for (var i = 0; i < 4000; i++) {
                if (i == 1500) {
                    whole.writeTo(state);
                    second.readFrom(state.iterator());
                }
                var first = random.nextDouble();
                var other = random.nextDouble();
                var weight = random.nextInt(3);
                var cluster = random.nextInt(256);
                whole.add(first, other, weight, cluster);
                if (i >= 1500) {
                    second.add(first, other, weight, cluster);
                }
            }

            assertThat(state).hasSize(Paired.NUMBERS);
            assertThat(second.lower()).isEqualTo(whole.lower());
            assertThat(second.first()).isEqualTo(whole.first());
            assertThat(second.second()).isEqualTo(whole.second());
            assertThat(second.examples()).isEqualTo(4000);
        }
    }

    /// 200 seeded streams of differences whose mean over groups is 0, and whose groups have a mean of their own.
    @Nested
    class Looking_after_every_block {
        private static final int STREAMS = 200;

        private int alarms(boolean clustered) {
            var alarms = 0;
            for (var seed = 0; seed < STREAMS; seed++) {
                alarms += alarm(new Random(seed), clustered) ? 1 : 0;
            }
            return alarms;
        }

        private boolean alarm(Random random, boolean clustered) {
            var effects = new double[1000];
            for (var group = 0; group < effects.length; group++) {
                effects[group] = 0.3 * random.nextGaussian();
            }
            var paired = new Paired(1, CONFIDENCE);
            for (var i = 0; i < 20_000; i++) {
                var group = random.nextInt(effects.length);
                var cluster = clustered ? group % Paired.CLUSTERS : random.nextInt(Paired.CLUSTERS);
                paired.add(effects[group] + random.nextGaussian(), 0, 1, cluster);
                if (i % 64 == 63 && (paired.lower() > 0 || paired.upper() < 0)) {
                    return true;
                }
            }
            return false;
        }

        @Test
        void raises_no_more_false_alarms_than_promised() {
            // of 200 draws at 5 %, more than 22 come up once in 1,700
            assertThat(alarms(true)).isLessThanOrEqualTo(22);
        }

        @Test
        void raises_many_where_groups_are_not_minded() {
            assertThat(alarms(false)).isGreaterThan(2 * Math.max(1, alarms(true)));
        }
    }
}
