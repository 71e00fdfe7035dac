package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.LaneKernel;
import io.millrace.kernel.LaneStep;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// An [Optimizer] in lanes: each moves as it would alone. The formulas stand with the optimizers.
abstract class LaneOptimizer {
    /// One example, for those that ask for more than its gradients.
    static final class Example {
        float label;
        float weight;
        long t;
    }

    private final LaneRates rates;

    LaneOptimizer(List<OptimizerConfig> lanes) {
        rates = new LaneRates(lanes);
    }

    /// Floats a parameter and lane.
    abstract int slots();

    /// Moves the active lanes, each whole or not at all.
    ///
    /// @return those that moved
    final int step(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example) {
        rates.at(example.t, step.rates);
        return move(kernel, cells, row, step, example);
    }

    abstract int move(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example);

    /// [Shrink], of the lanes that moved.
    final void shrink(LaneKernel kernel, float[] cells, Entries row, LaneStep step, int moved) {
        if (rates.shrinks()) {
            step.active = moved;
            kernel.shrink(cells, slots(), row, step);
        }
    }

    final LaneRates rates() {
        return rates;
    }

    List<Double> state() {
        return List.of();
    }

    void restore(List<Double> state) {
        Optimizer.checkLength(state, 0);
    }

    void reset() {}

    @FunctionalInterface
    private interface Factory {
        LaneOptimizer make(List<OptimizerConfig> lanes, ScalarLoss loss);
    }

    private static final Map<OptimizerKind, Factory> KINDS = Map.of(
            OptimizerKind.SGD, (lanes, _) -> new OfSgd(lanes),
            OptimizerKind.MOMENTUM, (lanes, _) -> new OfMomentum(lanes),
            OptimizerKind.NESTEROV, (lanes, _) -> new OfMomentum(lanes),
            OptimizerKind.ADAGRAD, (lanes, _) -> new OfAdaptive(lanes),
            OptimizerKind.RMSPROP, (lanes, _) -> new OfAdaptive(lanes),
            OptimizerKind.ADAM, (lanes, _) -> new OfAdam(lanes),
            OptimizerKind.FTRL, (lanes, _) -> new OfFtrl(lanes),
            OptimizerKind.NORMALIZED_ADAPTIVE, OfNormalized::new);

    /// Whether there are lanes of a kind.
    static boolean knows(OptimizerKind kind) {
        return KINDS.containsKey(kind);
    }

    /// @param lanes the settings of each, of one kind that is known
    static LaneOptimizer of(List<OptimizerConfig> lanes, ScalarLoss loss) {
        return Objects.requireNonNull(KINDS.get(lanes.getFirst().kind())).make(lanes, loss);
    }

    private static final class OfSgd extends LaneOptimizer {
        OfSgd(List<OptimizerConfig> lanes) {
            super(lanes);
        }

        @Override
        int slots() {
            return 1;
        }

        @Override
        int move(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example) {
            var moved = kernel.addScaled(cells, row, step);
            shrink(kernel, cells, row, step, moved);
            return moved;
        }
    }

    private static final class OfMomentum extends LaneOptimizer {
        private final float mu;
        private final boolean nesterov;

        OfMomentum(List<OptimizerConfig> lanes) {
            super(lanes);
            var alone = (Momentum) Optimizer.of(lanes.getFirst());
            mu = alone.mu();
            nesterov = alone.nesterov();
        }

        @Override
        int slots() {
            return 2;
        }

        @Override
        int move(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example) {
            step.active = kernel.bounded(row, step);
            kernel.momentum(cells, row, step, mu, nesterov);
            shrink(kernel, cells, row, step, step.active);
            return step.active;
        }
    }

    private static final class OfAdaptive extends LaneOptimizer {
        private final Adaptive alone;

        OfAdaptive(List<OptimizerConfig> lanes) {
            super(lanes);
            alone = (Adaptive) Optimizer.of(lanes.getFirst());
        }

        @Override
        int slots() {
            return 2;
        }

        @Override
        int move(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example) {
            step.active = kernel.bounded(row, step);
            kernel.adaptive(cells, row, step, alone.keep(), alone.take(), alone.epsilon());
            return step.active;
        }
    }

    private static final class OfAdam extends LaneOptimizer {
        private final double beta1;
        private final double beta2;
        private final float epsilon;
        private final double[] power1 = new double[LaneStep.MOST];
        private final double[] power2 = new double[LaneStep.MOST];

        OfAdam(List<OptimizerConfig> lanes) {
            super(lanes);
            var alone = (Adam) Optimizer.of(lanes.getFirst());
            beta1 = alone.beta1();
            beta2 = alone.beta2();
            epsilon = alone.epsilon();
            reset();
        }

        @Override
        int slots() {
            return 3;
        }

        @Override
        int move(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example) {
            step.active = kernel.bounded(row, step);
            for (var lane = 0; lane < step.lanes; lane++) {
                if ((step.active >>> lane & 1) != 0) {
                    power1[lane] = Adam.power(power1[lane], beta1);
                    power2[lane] = Adam.power(power2[lane], beta2);
                    step.rates[lane] = (float) (step.rates[lane] * Math.sqrt(1 - power2[lane]) / (1 - power1[lane]));
                }
            }
            kernel.adam(cells, row, step, (float) beta1, (float) beta2, epsilon);
            rates().at(example.t, step.rates);
            shrink(kernel, cells, row, step, step.active);
            return step.active;
        }

        @Override
        List<Double> state() {
            return LaneRates.join(power1, power2);
        }

        @Override
        void restore(List<Double> state) {
            LaneRates.part(state, power1, power2);
        }

        @Override
        void reset() {
            Arrays.fill(power1, 1);
            Arrays.fill(power2, 1);
        }
    }

    private static final class OfFtrl extends LaneOptimizer {
        private final float beta;

        OfFtrl(List<OptimizerConfig> lanes) {
            super(lanes);
            beta = ((Ftrl) Optimizer.of(lanes.getFirst())).beta();
        }

        @Override
        int slots() {
            return 3;
        }

        @Override
        int move(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example) {
            step.active = kernel.bounded(row, step);
            kernel.ftrl(cells, row, step, beta);
            return step.active;
        }
    }

    private static final class OfNormalized extends LaneOptimizer {
        private final ScalarLoss loss;
        private final double[] weights = new double[LaneStep.MOST];
        private final double[] norms = new double[LaneStep.MOST];
        private final float[] squares = new float[LaneStep.MOST];
        private final float[] scales = new float[LaneStep.MOST];
        private final double[] rowNorms = new double[LaneStep.MOST];
        private final double[] reaches = new double[LaneStep.MOST];

        OfNormalized(List<OptimizerConfig> lanes, ScalarLoss loss) {
            super(lanes);
            this.loss = loss;
        }

        @Override
        int slots() {
            return 3;
        }

        @Override
        int move(LaneKernel kernel, float[] cells, Entries row, LaneStep step, Example example) {
            var bounded = kernel.bounded(row, step);
            step.active = 0;
            for (var lane = 0; lane < step.lanes; lane++) {
                var g = step.gradients[lane] / example.weight;
                squares[lane] = g * g * example.weight;
                step.active |= step.gradients[lane] == 0 ? 0 : bounded & 1 << lane;
            }
            kernel.normalize(cells, row, step, squares, rowNorms, reaches);
            var moves = 0;
            for (var lane = 0; lane < step.lanes; lane++) {
                if ((step.active >>> lane & 1) != 0 && scale(step, lane, example)) {
                    moves |= 1 << lane;
                }
            }
            step.active = moves;
            kernel.addNormalized(cells, row, step, scales);
            shrink(kernel, cells, row, step, moves);
            return bounded;
        }

        /// @return whether there is a step to take
        private boolean scale(LaneStep step, int lane, Example example) {
            weights[lane] += example.weight;
            norms[lane] += example.weight * rowNorms[lane];
            var multiplier = norms[lane] > 0 ? Math.sqrt(weights[lane] / norms[lane]) : 0;
            var h = multiplier * reaches[lane];
            if (!(h > 0)) {
                return false;
            }
            var margin = step.margins[lane];
            var time = step.rates[lane] * (double) example.weight * h;
            var update = (loss.flow(margin, example.label, time) - margin) / h;
            scales[lane] = (float) (update * multiplier);
            return true;
        }

        @Override
        List<Double> state() {
            return LaneRates.join(weights, norms);
        }

        @Override
        void restore(List<Double> state) {
            LaneRates.part(state, weights, norms);
        }

        @Override
        void reset() {
            Arrays.fill(weights, 0);
            Arrays.fill(norms, 0);
        }
    }
}
