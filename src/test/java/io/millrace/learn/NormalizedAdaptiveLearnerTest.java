package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;

class NormalizedAdaptiveLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return new LearnConfig(
                LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.NORMALIZED_ADAPTIVE, 0.5, 0), Rows.BITS);
    }
}
