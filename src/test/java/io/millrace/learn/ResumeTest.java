package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import io.millrace.feature.Examples;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// To learn A and B is to learn A, to store all that is learned, to read it back elsewhere, and to learn B:
/// bit for bit, for every loss, optimizer and learner, with schedule, regularisation and clipping; and block by
/// block as one by one.
class ResumeTest {
    private static final int COUNT = 1_200;

    private final Random random = Seed.random();
    private final Examples rows = Rows.random(random, COUNT);

    static Stream<Arguments> all() {
        var all = new ArrayList<Arguments>();
        for (var loss : LossKind.values()) {
            for (var optimizer : OptimizerKind.values()) {
                for (var learner : LearnerKind.values()) {
                    var alone = loss == LossKind.SOFTMAX && learner == LearnerKind.FACTORIZATION_MACHINE;
                    if (alone || (learner == LearnerKind.MLP && optimizer == OptimizerKind.NORMALIZED_ADAPTIVE)) {
                        continue; // refused
                    }
                    all.add(Arguments.of(loss, optimizer, learner));
                }
            }
        }
        return all.stream();
    }

    private static Trainer trainer(LossKind loss, OptimizerKind optimizer, LearnerKind learner) {
        var plain = LossTest.config(loss);
        var settings = new HashMap<>(Map.of("l1", 1e-4, "l2", 1e-3, "clip", 5.0));
        if (optimizer != OptimizerKind.FTRL) {
            settings.put("inverse-time", 500.0);
        }
        var config = OptimizerTest.config(optimizer, 0.01, settings);
        var learns = Optional.of(new LearnerConfig(learner));
        return new Trainer(
                new LearnConfig(
                        loss, plain.tau(), plain.delta(), plain.classes(), learns, config, Rows.BITS, Optional.empty()),
                Rows.NUMBERS);
    }

    @ParameterizedTest
    @MethodSource("all")
    void goes_on_with_the_same_bits(LossKind loss, OptimizerKind optimizer, LearnerKind learner) {
        var rows = loss == LossKind.SOFTMAX ? Rows.ofClasses(this.rows, LossTest.CLASSES) : this.rows;
        var whole = trainer(loss, optimizer, learner);
        whole.learn(rows);
        var cut = random.nextInt(COUNT);
        var first = trainer(loss, optimizer, learner);
        first.learn(Rows.slice(rows, 0, cut));

        var second = trainer(loss, optimizer, learner);
        second.learn(Rows.slice(rows, 0, 50)); // to be forgotten
        second.reset();
        for (var page = 0; page < second.cells().pages(); page++) {
            var stride = second.cells().stride;
            var from = page * Cells.PAGE * stride;
            System.arraycopy(first.cells().data, from, second.cells().data, from, Cells.PAGE * stride);
            second.cells().rewrite(page);
        }
        second.restore(first.state());
        for (var row = cut; row < COUNT; row++) {
            second.learn(Rows.slice(rows, row, row + 1));
        }

        assertThat(second.state()).as("cut at %d", cut).isEqualTo(whole.state());
        assertThat(second.cells().data).isEqualTo(whole.cells().data);
        assertThat(second.digest()).isEqualTo(whole.digest()).isNotZero();
        assertThat(whole.examples() - whole.refused()).isGreaterThan(COUNT * 9 / 10);
    }
}
