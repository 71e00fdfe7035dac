package io.millrace.learn;

import io.millrace.kernel.Kernel;

/// How the weights of an example move.
sealed interface Optimizer {
    /// Floats a cell.
    int stride();

    /// Moves the weights of one row, all of them or none.
    ///
    /// @param gradient by the margin, times the example's weight
    /// @param t number of the example, from 1
    /// @return false, and nothing changed, where a weight would not be finite
    boolean step(
            Kernel kernel,
            float[] cells,
            int[] indices,
            int from,
            float[] x,
            int offset,
            int n,
            float gradient,
            long t);

    static Optimizer of(LearnConfig.OptimizerConfig config) {
        return switch (config.kind()) {
            case SGD -> new Sgd(config.learningRate(), config.powerT());
        };
    }

    /// Stochastic gradient descent: w ← w - rate · gradient · x with rate = learningRate / t^powerT.
    record Sgd(double learningRate, double powerT) implements Optimizer {
        @Override
        public int stride() {
            return 1;
        }

        @Override
        public boolean step(
                Kernel kernel,
                float[] cells,
                int[] indices,
                int from,
                float[] x,
                int offset,
                int n,
                float gradient,
                long t) {
            return kernel.addScaled(cells, 1, indices, from, -rate(t) * gradient, x, offset, n);
        }

        /// In double, then rounded. `StrictMath` gives the same bits everywhere.
        float rate(long t) {
            return (float) (powerT == 0 ? learningRate : learningRate / StrictMath.pow((double) t, powerT));
        }
    }
}
