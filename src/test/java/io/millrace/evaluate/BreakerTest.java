package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.evaluate.Breaker.Rule;
import io.millrace.evaluate.Breaker.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final float[] ANCHOR = {0.3f};

    private static final int WINDOW = 1024;
    private static final long DAY = 86_400_000;
    private static final Rule RULE = new Rule(new Cost(PointLoss.LOG_LOSS), 0.01, 0.999, WINDOW, DAY);

    private final Random random = new Random(2001);
    private final Breaker breaker = new Breaker(RULE);
    private long judgement;
    private long time = 1_000_000_000_000L;
    private boolean pinned;

    /// Goes on by blocks of 64 examples of groups at random, a minute each, until there is a verdict or `most` examples
    /// are through.
    ///
    /// @param newest the probability that the newest version gives to label 1, whose share is 0.3 in truth; the
    ///     anchor gives 0.3
    private Verdict next(int most, ToDoubleFunction<Random> newest) {
        for (var seen = 0; seen < most; seen += 64) {
            var verdict = block(newest);
            if (verdict != Verdict.NOTHING) {
                return verdict;
            }
        }
        return Verdict.NOTHING;
    }

    private Verdict block(ToDoubleFunction<Random> newest) {
        judgement++;
        time += 60_000;
        breaker.begin(judgement, 10 * judgement);
        for (var i = 0; i < 64; i++) {
            var label = random.nextDouble() < 0.3 ? 1f : 0f;
            var newests = new float[] {(float) newest.applyAsDouble(random)};
            breaker.add(newests, ANCHOR, 0, 1, label, 1, random.nextInt(256));
        }
        return breaker.end(time, pinned);
    }

    private static double good(Random random) {
        return 0.3 + 0.01 * random.nextGaussian();
    }

    private static double bad(Random random) {
        return 0.6 + 0.01 * random.nextGaussian();
    }

    private void anchor() {
        assertThat(next(WINDOW, BreakerTest::good)).isEqualTo(Verdict.ANCHOR);
        breaker.proceed(Verdict.ANCHOR);
    }

    private void trip() {
        assertThat(next(2 * WINDOW, BreakerTest::bad)).isEqualTo(Verdict.TRIP);
        breaker.proceed(Verdict.TRIP);
    }

    @Nested
    class Without_an_anchor {
        @Test
        void takes_one_after_a_window_on_no_evidence() {
            assertThat(next(WINDOW - 64, BreakerTest::good)).isEqualTo(Verdict.NOTHING);
            assertThat(block(BreakerTest::good)).isEqualTo(Verdict.ANCHOR);
            assertThat(breaker.evidence()).isNull();
        }

        @Test
        void never_trips() {
            assertThat(next(WINDOW, BreakerTest::bad)).isEqualTo(Verdict.ANCHOR);
        }
    }

    @Nested
    class With_an_anchor {
        @Test
        void trips_within_two_windows_and_says_over_which_blocks() {
            anchor();
            var before = judgement;
            assertThat(next(2 * WINDOW, BreakerTest::bad)).isEqualTo(Verdict.TRIP);

            var evidence = java.util.Objects.requireNonNull(breaker.evidence());
            assertThat(evidence.firstJudgement()).isEqualTo(before + 1);
            assertThat(evidence.firstOffset()).isEqualTo(10 * (before + 1));
            assertThat(evidence.sums().lower()).isPositive();
            assertThat(evidence.sums().examples()).isEqualTo(64 * (judgement - before));
            assertThat(evidence.sums().examples()).isLessThanOrEqualTo(WINDOW);
        }

        @Test
        void trips_however_long_the_good_past() {
            anchor();
            time = 0; // no period ends: what is compared goes on for long
            for (var i = 0; i < 40 * WINDOW / 64; i++) {
                time -= 60_000;
                assertThat(block(BreakerTest::good)).isEqualTo(Verdict.NOTHING);
            }

            assertThat(next(2 * WINDOW, BreakerTest::bad)).isEqualTo(Verdict.TRIP);
        }

        @Test
        void bears_what_is_within_the_tolerance() {
            anchor();
            var slightly = next(100 * WINDOW, random -> 0.31 + 0.01 * random.nextGaussian());

            assertThat(slightly).isIn(Verdict.NOTHING, Verdict.ANCHOR);
        }

        @Test
        void is_silent_while_an_operator_has_pinned() {
            anchor();
            pinned = true;

            assertThat(next(20 * WINDOW, BreakerTest::bad)).isNotEqualTo(Verdict.TRIP);
        }

        @Test
        void takes_a_new_one_after_an_eighth_of_its_time_if_the_newest_was_no_worse() {
            anchor();
            var from = time;

            assertThat(next(100 * WINDOW, random -> 0.3)).isEqualTo(Verdict.ANCHOR);
            assertThat(time - from).isEqualTo(DAY / 8);
            assertThat(java.util.Objects.requireNonNull(breaker.evidence())
                            .sums()
                            .difference())
                    .isZero();
        }

        @Test
        void keeps_it_while_the_newest_is_worse_and_replaces_it_when_it_is_old() {
            anchor();
            var from = time;

            // worse, but within the tolerance
            assertThat(next(1000 * WINDOW, random -> 0.33)).isEqualTo(Verdict.ANCHOR);
            assertThat(time - from).isGreaterThanOrEqualTo(DAY);
        }
    }

    @Nested
    class Tripped {
        @Test
        void stays_so_while_the_newest_is_worse() {
            anchor();
            trip();

            assertThat(next(50 * WINDOW, BreakerTest::bad)).isEqualTo(Verdict.NOTHING);
            assertThat(breaker.isTripped()).isTrue();
        }

        @Test
        void recovers_after_a_whole_window_without_harm() {
            anchor();
            trip();
            var before = judgement;

            assertThat(next(8 * WINDOW, random -> 0.3)).isEqualTo(Verdict.RECOVER);
            assertThat(judgement - before).isEqualTo(WINDOW / 64);
            breaker.proceed(Verdict.RECOVER);
            assertThat(breaker.isTripped()).isFalse();
            assertThat(next(2 * WINDOW, BreakerTest::bad)).isEqualTo(Verdict.TRIP);
        }

        @Test
        void is_over_when_an_operator_says_so() {
            anchor();
            trip();
            breaker.restart(false);

            assertThat(breaker.isTripped()).isFalse();
            assertThat(next(2 * WINDOW, BreakerTest::bad)).isEqualTo(Verdict.TRIP);
        }
    }

    @Nested
    class A_state {
        private List<String> history(int cut) {
            random.setSeed(5);
            var history = new ArrayList<String>();
            var current = new Breaker(RULE);
            for (var i = 1; i <= 600; i++) {
                if (i == cut) {
                    var copy = new Breaker(RULE);
                    copy.restore(current.state());
                    current = copy;
                }
                current.begin(i, i);
                for (var k = 0; k < 64; k++) {
                    var newest = i / 100 % 2 == 0 ? good(random) : bad(random);
                    var label = random.nextDouble() < 0.3 ? 1 : 0;
                    current.add(new float[] {(float) newest}, ANCHOR, 0, 1, label, 1, random.nextInt(256));
                }
                var verdict = current.end(1_000L * i * 600, false);
                if (verdict != Verdict.NOTHING) {
                    var evidence = current.evidence();
                    history.add(i + " " + verdict + " "
                            + (evidence == null ? "" : evidence.sums().lower()));
                    current.proceed(verdict);
                }
            }
            return history;
        }

        @Test
        void goes_on_with_the_same_bits() {
            var whole = history(0);

            assertThat(whole).hasSizeGreaterThan(5).anyMatch(line -> line.contains("TRIP"));
            for (var cut = 1; cut < 600; cut += 37) {
                assertThat(history(cut)).isEqualTo(whole);
            }
        }

        @Test
        void of_another_length_is_refused() {
            assertThatThrownBy(() -> breaker.restore(List.of(1.0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 numbers");
        }
    }
}
