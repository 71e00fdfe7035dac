package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;

class FtrlLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.FTRL, 0.1, 0), Rows.BITS);
    }
}
