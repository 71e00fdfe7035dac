package io.millrace.learn;

/// The `learn:` block of a spec.
///
/// @param loss what a wrong prediction costs
/// @param optimizer how weights move
/// @param bits log2 of the size of the feature space
public record LearnConfig(LossKind loss, OptimizerConfig optimizer, int bits) {
    /// The losses that a spec can name.
    public enum LossKind {
        LOGISTIC,
        SQUARED
    }

    /// The `learn.optimizer:` block.
    ///
    /// @param kind only `sgd`
    /// @param learningRate step size at the first example
    /// @param powerT the rate of example t (from 1) is `learningRate / t^powerT`; 0 keeps it constant
    public record OptimizerConfig(OptimizerKind kind, double learningRate, double powerT) {}

    /// The optimizers that a spec can name.
    public enum OptimizerKind {
        SGD
    }
}
