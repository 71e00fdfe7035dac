package io.millrace.learn;

import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;

class FactorizationMachineLearnerTest extends LearnerContract {
    @Override
    LearnConfig config() {
        return Rows.learn(LossKind.LOGISTIC, 0.005, 0)
                .withLearner(new LearnerConfig(LearnerKind.FACTORIZATION_MACHINE));
    }
}
