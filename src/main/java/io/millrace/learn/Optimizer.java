package io.millrace.learn;

import io.millrace.kernel.DeviceStep;
import io.millrace.kernel.Kernel;
import java.util.List;

/// How the weights of an example move. What it remembers of a feature stands in the cell, behind the weight;
/// what it remembers of all of them is its state.
///
/// A new optimizer is one class and one line, a constant of [LearnConfig.OptimizerKind]: docs/adding.md.
interface Optimizer {
    /// Floats a parameter.
    int stride();

    /// Gives a parameter, of which nothing is remembered, a value to begin with.
    ///
    /// @param at where it stands
    /// @param t number of the example
    default void begin(float[] cells, int at, float value, long t) {
        cells[at] = value;
    }

    /// Moves the weights of one row, all of them or none.
    ///
    /// @param gradient dℓ/dm times the example's weight, clipped as the spec says; finite
    /// @return false, and nothing changed, where a weight would not be finite
    boolean step(Kernel kernel, float[] cells, Row row, ScalarLoss loss, float gradient);

    /// What is remembered of all features.
    default List<Double> state() {
        return List.of();
    }

    /// Goes on from a state.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives
    default void restore(List<Double> state) {
        checkLength(state, 0);
    }

    default void reset() {}

    static void checkLength(List<Double> state, int expected) {
        if (state.size() != expected) {
            throw new IllegalArgumentException(
                    "the optimizer's state has " + state.size() + " numbers: expected " + expected);
        }
    }

    static Optimizer of(LearnConfig.OptimizerConfig config) {
        var rate = Schedule.of(config);
        var shrink =
                new Shrink((float) config.l1().orElse(0), (float) config.l2().orElse(0));
        return config.kind().factory.make(config, rate, shrink);
    }

    /// One whose steps a device takes, too.
    interface OnDevice extends Optimizer {
        /// What [Optimizer#begin] does, for features that have nothing yet.
        ///
        /// @param t number of the example
        default void begin(DeviceStep device, long t) {
            device.begin();
        }

        /// Moves what the device's step is about, all of it or none.
        ///
        /// @param t number of the example
        /// @return false, and nothing changed, where a weight would not be finite
        boolean step(DeviceStep device, long t);
    }

    /// Makes one of a spec's block.
    @FunctionalInterface
    interface Factory {
        Optimizer make(LearnConfig.OptimizerConfig config, Schedule rate, Shrink shrink);
    }
}
