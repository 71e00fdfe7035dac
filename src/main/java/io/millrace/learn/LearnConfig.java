package io.millrace.learn;

/// The `learn:` block of a spec.
///
/// @param loss what a wrong prediction costs
/// @param optimizer how weights move
/// @param bits log2 of the size of the feature space, 1 to 28
public record LearnConfig(LossKind loss, OptimizerConfig optimizer, int bits) {
    /// @throws IllegalArgumentException if `bits` is out of range
    public LearnConfig {
        require(bits >= 1 && bits <= 28, "learn.bits", bits, "1 to 28");
    }

    /// The losses that a spec can name.
    public enum LossKind {
        LOGISTIC,
        SQUARED
    }

    /// The `learn.optimizer:` block.
    ///
    /// @param kind only `sgd`
    /// @param learningRate step size at the first example; more than 0, at most 10
    /// @param powerT the rate of example t (from 1) is `learningRate / t^powerT`; 0 to 1, 0 keeps it constant
    public record OptimizerConfig(OptimizerKind kind, double learningRate, double powerT) {
        /// @throws IllegalArgumentException if a number is out of range
        public OptimizerConfig {
            require(
                    learningRate > 0 && learningRate <= 10,
                    "learn.optimizer.learning-rate",
                    learningRate,
                    "more than 0, at most 10");
            require(powerT >= 0 && powerT <= 1, "learn.optimizer.power-t", powerT, "0 to 1");
        }
    }

    /// The optimizers that a spec can name.
    public enum OptimizerKind {
        SGD
    }

    private static void require(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: expected " + expected);
        }
    }
}
