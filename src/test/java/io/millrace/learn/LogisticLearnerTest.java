package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;

class LogisticLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return Rows.learn(LossKind.LOGISTIC, 0.1, 0);
    }
}
