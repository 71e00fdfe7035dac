package io.millrace.learn;

import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;

class MlpLearnerTest extends LearnerContract {
    @Override
    int batch() {
        return 32;
    }

    @Override
    LearnConfig config() {
        return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.ADAM, 0.002, 0), Rows.BITS)
                .withLearner(new LearnerConfig(LearnerKind.MLP));
    }
}
