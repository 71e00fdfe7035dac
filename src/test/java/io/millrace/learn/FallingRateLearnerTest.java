package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;

class FallingRateLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return Rows.learn(LossKind.LOGISTIC, 2, 0.5);
    }
}
