package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;

/// What the parameters of an example's features make of it, and which of them a step moves how far. One a thread.
///
/// Most make one margin: [ScalarLearner].
interface Learner {
    /// Margins an example.
    int outputs();

    /// The margins of a row.
    ///
    /// @param cells parameter `k` of feature `i` stands at `(i * parameters + k) * each`
    /// @param into becomes [#outputs] numbers
    void margins(Kernel kernel, float[] cells, int each, Entries row, float[] into);

    /// The same bits for a row whose cells were gathered, parameters only: those of entry `j` stand from `j *
    /// parameters` on, its value at `x[j]`.
    void gathered(Kernel kernel, float[] cells, float[] x, int n, float[] into);

    /// What each entry of such a row adds to one of the margins, in double.
    ///
    /// @param into becomes `n` numbers
    void contributions(float[] cells, float[] x, int n, int output, double[] into);

    /// Moves the parameters of a row, all of them or none.
    ///
    /// @param row whose margins were the last that were asked for
    /// @param gradients dℓ/dm times the example's weight, clipped as the spec says; finite
    /// @return false, and nothing changed, where a parameter would not be finite
    boolean step(Kernel kernel, Optimizer optimizer, float[] cells, Row row, Loss loss, float[] gradients);

    static Learner of(LearnConfig config) {
        if (config.outcome().isMulticlass()) {
            return new Softmax(config.outcome().outputs());
        }
        if (config.lanes().isPresent()) {
            return new LinearInOrder();
        }
        return config.learner()
                .<Learner>map(learner -> learner.kind().make.apply(learner))
                .orElseGet(Linear::new);
    }
}
