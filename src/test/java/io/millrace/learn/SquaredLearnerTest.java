package io.millrace.learn;

import io.millrace.learn.LearnConfig.LossKind;

class SquaredLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return Rows.learn(LossKind.SQUARED, 0.003, 0);
    }
}
