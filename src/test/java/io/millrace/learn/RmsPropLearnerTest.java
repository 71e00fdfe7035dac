package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;

class RmsPropLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.RMSPROP, 0.01, 0), Rows.BITS);
    }
}
