package io.millrace.learn;

import io.millrace.feature.Examples;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;

class SoftmaxLearnerTest extends LearnerContract {
    static final int CLASSES = 3;

    @Override
    LearnConfig config() {
        return new LearnConfig(LossKind.SOFTMAX, new OptimizerConfig(OptimizerKind.ADAGRAD, 0.1, 0), Rows.BITS)
                .withClasses(CLASSES);
    }

    @Override
    Examples labelled(Examples rows) {
        return Rows.ofClasses(rows, CLASSES);
    }
}
