package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;

/// A learner of one margin.
///
/// A new learner is one class and one line, a constant of [LearnConfig.LearnerKind]: docs/adding.md.
interface ScalarLearner extends Learner {
    /// The margin of a row.
    ///
    /// @param cells parameter `k` of feature `i` stands at `(i * parameters + k) * each`
    float margin(Kernel kernel, float[] cells, int each, Entries row);

    /// The same bits for a row whose cells were gathered, parameters only: those of entry `j` stand from `j *
    /// parameters` on, its value at `x[j]`.
    float gathered(Kernel kernel, float[] cells, float[] x, int n);

    /// What each entry of such a row adds to the margin, in double.
    ///
    /// @param into becomes `n` numbers
    void contributions(float[] cells, float[] x, int n, double[] into);

    /// Moves the parameters of a row, all of them or none.
    ///
    /// @param row whose margin was the last that was asked for
    /// @param gradient dℓ/dm times the example's weight, clipped as the spec says; finite
    /// @return false, and nothing changed, where a parameter would not be finite
    boolean step(Kernel kernel, Optimizer optimizer, float[] cells, Row row, ScalarLoss loss, float gradient);

    @Override
    default int outputs() {
        return 1;
    }

    @Override
    default void margins(Kernel kernel, float[] cells, int each, Entries row, float[] into) {
        into[0] = margin(kernel, cells, each, row);
    }

    @Override
    default void gathered(Kernel kernel, float[] cells, float[] x, int n, float[] into) {
        into[0] = gathered(kernel, cells, x, n);
    }

    @Override
    default void contributions(float[] cells, float[] x, int n, int output, double[] into) {
        contributions(cells, x, n, into);
    }

    @Override
    default boolean step(Kernel kernel, Optimizer optimizer, float[] cells, Row row, Loss loss, float[] gradients) {
        return step(kernel, optimizer, cells, row, (ScalarLoss) loss, gradients[0]);
    }
}
