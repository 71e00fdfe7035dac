package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.evaluate.Breaker.Rule;
import io.millrace.evaluate.Breaker.Verdict;
import io.millrace.feature.Examples;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Scoring;
import io.millrace.learn.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The breaker behind a learner that never stops, on streams in which nothing changes: it must not trip.
///
/// Each stream has 400 groups of very different size, every one with an effect of its own that no feature tells, so
/// that errors are alike within groups. Four in five groups are learned from, one in five is judged on; each version
/// is the weights after so many examples more.
class StationaryStreamsTest {
    private static final int EVENTS = 100_000;
    private static final int GROUPS = 400;
    private static final int BITS = 12;
    private static final int FEATURES = 6;
    private static final int VALUES = 40;
    private static final int PUBLISH = 250;
    private static final int BLOCK = 64;
    private static final long SECOND = 1_000;

    private static final LearnConfig LEARN =
            new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, 0.05, 0), BITS);

    private static Rule rule(int window) {
        return new Rule(new Cost(PointLoss.LOG_LOSS), 0.01, 0.999, window, 6 * 60 * 60 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void of_twenty_none_trips(int window) {
        var trips = IntStream.range(0, 20)
                .filter(seed -> new Stream(seed, rule(window)).run(EVENTS).contains(Verdict.TRIP))
                .boxed()
                .toList();

        assertThat(trips).as("seeds of the streams that tripped").isEmpty();
    }

    @Test
    void but_a_broken_feed_does() {
        var stream = new Stream(7, rule(4096));
        assertThat(stream.run(EVENTS)).contains(Verdict.ANCHOR).doesNotContain(Verdict.TRIP);

        stream.broken = true;

        assertThat(stream.run(EVENTS)).contains(Verdict.TRIP);
    }

    /// A stream, the learner on it, and the breaker behind.
    private static final class Stream {
        private final Random random;
        private final double[] effects = new double[GROUPS];
        private final double[] truth = new double[1 << BITS];
        private final Trainer trainer = new Trainer(LEARN, List.of());
        private final Scoring scoring = new Scoring(LEARN, List.of());
        private final Breaker breaker;
        private final Examples one = new Examples(0);
        private final Examples block = new Examples(0);
        private float[] newest = new float[1 << BITS];
        private float[] anchor = newest;
        private long judgement;
        private long events;

        /// Whether what is learned comes with its labels turned round.
        boolean broken;

        Stream(long seed, Rule rule) {
            random = new Random(seed);
            breaker = new Breaker(rule);
            for (var group = 0; group < GROUPS; group++) {
                effects[group] = 0.5 * random.nextGaussian();
            }
            for (var index = 0; index < truth.length; index++) {
                truth[index] = 0.5 * random.nextGaussian();
            }
        }

        /// @return the verdicts on the way that were any
        List<Verdict> run(int more) {
            var verdicts = new ArrayList<Verdict>();
            for (var end = events + more; events < end; events++) {
                // the smaller its number the larger a group is: half of all events are of the first quarter
                var group = (int) (GROUPS * Math.pow(random.nextDouble(), 2));
                if (group % 5 == 0) {
                    event(block, group, false);
                } else {
                    one.clear();
                    event(one, group, broken);
                    trainer.learn(one);
                    if (trainer.examples() % PUBLISH == 0) {
                        newest = trainer.cells().data.clone();
                    }
                }
                if (block.size == BLOCK) {
                    var verdict = judge();
                    if (verdict != Verdict.NOTHING) {
                        verdicts.add(verdict);
                    }
                }
            }
            return verdicts;
        }

        private void event(Examples into, int group, boolean turned) {
            var margin = effects[group] - 1;
            into.begin();
            for (var feature = 0; feature < FEATURES; feature++) {
                var index = (feature * VALUES + random.nextInt(VALUES)) & (1 << BITS) - 1;
                margin += truth[index];
                into.add(index, 1);
            }
            var label = random.nextDouble() < 1 / (1 + Math.exp(-margin)) ? 1f : 0f;
            into.end(turned ? 1 - label : label, 1, events, group, events * SECOND);
        }

        private Verdict judge() {
            breaker.begin(++judgement, judgement);
            for (var row = 0; row < block.size; row++) {
                var cluster = (int) (block.groups[row] / 5);
                breaker.add(predict(newest, row), predict(anchor, row), 0, 1, block.labels[row], 1, cluster);
            }
            var verdict = breaker.end(events * SECOND, false);
            if (verdict == Verdict.ANCHOR) {
                anchor = newest;
            }
            breaker.proceed(verdict);
            block.clear();
            return verdict;
        }

        private float[] predict(float[] weights, int row) {
            return scoring.predict(block, row, (index, into, at) -> into[at] = weights[index], List.of())
                    .clone();
        }
    }
}
