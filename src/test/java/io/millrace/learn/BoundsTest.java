package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever an event may hold, all that is learned stays finite: numbers and labels as large as the split lets through,
/// scaled or not, at the largest rate, for every loss, optimizer and learner.
class BoundsTest {
    private static final int COUNT = 2_000;
    private static final float[] VALUES = {
        (float) Row.LARGEST_NUMBER, -(float) Row.LARGEST_NUMBER, 1e12f, -1e8f, 1e4f, 1, -1, 1e-15f, 0, Float.NaN
    };

    private final Random random = Seed.random();

    private float any() {
        return VALUES[random.nextInt(VALUES.length)];
    }

    private Examples rows(LossKind loss) {
        var rows = new Examples(Rows.NUMBERS.size());
        for (var i = 0; i < COUNT; i++) {
            rows.begin();
            rows.add(4095, any());
            rows.add(4094, any());
            rows.add(0, 1);
            rows.add(1 + random.nextInt(5), 1);
            rows.end(loss.ofClasses() ? random.nextInt(2) : any(), 1, 0, 0, 0);
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("io.millrace.learn.ResumeTest#all")
    void all_that_is_learned_stays_finite(LossKind loss, OptimizerKind optimizer, LearnerKind learner) {
        var plain = LossTest.config(loss);
        var config = new LearnConfig(
                loss,
                plain.tau(),
                plain.delta(),
                plain.classes(),
                Optional.of(new LearnerConfig(learner)),
                OptimizerTest.config(optimizer, 10, Map.of()),
                Rows.BITS,
                Optional.empty());
        var trainer = new Trainer(config, Rows.NUMBERS);
        var rows = rows(loss);

        trainer.learn(rows);

        for (var number : trainer.cells().data) {
            if (!(Math.abs(number) <= Float.MAX_VALUE)) {
                throw new AssertionError("a cell holds " + number);
            }
        }
        assertThat(trainer.state().getOptimizer()).allMatch(Double::isFinite);
        assertThat(trainer.progress().metrics().values()).allMatch(Double::isFinite);
        var prediction = new float[config.outcome().outputs()];
        for (var at = 0; at < COUNT; at++) {
            trainer.predict(rows, at, prediction);
            for (var p : prediction) {
                assertThat(p).isFinite();
            }
        }
    }
}
