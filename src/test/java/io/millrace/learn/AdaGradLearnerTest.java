package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;

class AdaGradLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.ADAGRAD, 0.1, 0), Rows.BITS);
    }
}
