package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.kernel.Exp;

/// What a wrong prediction costs, as the learner needs it: the prediction of a margin m, and the gradient by m.
sealed interface Loss {
    /// The prediction; finite for every margin, also one that is not.
    float predict(float margin);

    /// dℓ/dm at a finite margin's prediction.
    float gradient(float prediction, float label);

    /// Whether an example with this label can be learned.
    boolean accepts(float label);

    /// The metrics that go with it.
    Progress progress();

    static Loss of(LearnConfig.LossKind kind) {
        return switch (kind) {
            case LOGISTIC -> new Logistic();
            case SQUARED -> new Squared();
        };
    }

    /// ℓ = -y ln p - (1 - y) ln(1 - p) with p = 1 / (1 + e^-m), for labels 0 and 1; dℓ/dm = p - y.
    record Logistic() implements Loss {
        @Override
        public float predict(float margin) {
            return Exp.sigmoid(margin);
        }

        @Override
        public float gradient(float prediction, float label) {
            return prediction - label;
        }

        @Override
        public boolean accepts(float label) {
            return label == 0 || label == 1;
        }

        @Override
        public Progress progress() {
            return Progress.classification();
        }
    }

    /// ℓ = (m - y)², for labels that are finite numbers; dℓ/dm = 2 (m - y). A margin that is not finite is predicted
    /// as the largest float of its sign, or as 0.
    record Squared() implements Loss {
        @Override
        public float predict(float margin) {
            return Math.abs(margin) <= Float.MAX_VALUE
                    ? margin
                    : Float.isNaN(margin) ? 0 : Math.copySign(Float.MAX_VALUE, margin);
        }

        @Override
        public float gradient(float prediction, float label) {
            return 2 * (prediction - label);
        }

        @Override
        public boolean accepts(float label) {
            return Math.abs(label) <= Float.MAX_VALUE;
        }

        @Override
        public Progress progress() {
            return Progress.regression();
        }
    }
}
