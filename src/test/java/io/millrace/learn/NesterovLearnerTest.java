package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;

class NesterovLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.NESTEROV, 0.005, 0), Rows.BITS);
    }
}
