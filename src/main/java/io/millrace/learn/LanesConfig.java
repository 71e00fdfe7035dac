package io.millrace.learn;

import io.millrace.kernel.LaneStep;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// The `learn.lanes:` block: up to sixteen linear models that learn in one pass. Either a grid, all combinations of
/// the values that are listed, in place of those of `learn.optimizer`; or held-out folds.
///
/// @param learningRate of the lanes of a grid
/// @param l1 of them
/// @param l2 of them
/// @param powerT of them
/// @param folds so many lanes never learn one of so many folds each, and are scored on it; one more learns
///     everything, and is served; 2 to 15
/// @param by what decides the fold of an example: its id where it is left out
/// @param strata what folds have equal shares of: a hash deals where it is left out
/// @param publish what a version has of them: the served lane where it is left out
public record LanesConfig(
        Optional<List<Double>> learningRate,
        Optional<List<Double>> l1,
        Optional<List<Double>> l2,
        Optional<List<Double>> powerT,
        OptionalInt folds,
        Optional<By> by,
        Optional<Strata> strata,
        Optional<Publish> publish) {
    private static final String PATH = "learn.lanes";

    /// @throws IllegalArgumentException if there is neither a grid nor folds, or both, or too many lanes
    public LanesConfig {
        distinct("learning-rate", learningRate);
        distinct("l1", l1);
        distinct("l2", l2);
        distinct("power-t", powerT);
        var grid = size(learningRate) * size(l1) * size(l2) * size(powerT);
        var isGrid = learningRate.isPresent() || l1.isPresent() || l2.isPresent() || powerT.isPresent();
        require(
                isGrid || folds.isPresent(),
                PATH + " has no lanes: expected lists of learning-rate, l1, l2 or power-t, or folds");
        require(
                !isGrid || folds.isEmpty(),
                PATH + ".folds does not go with a grid: expected folds alone, or lists of settings");
        require(
                grid <= LaneStep.MOST,
                PATH + " has " + grid + " lanes: expected at most " + LaneStep.MOST
                        + ", the product of the lengths of its lists");
        folds.ifPresent(n -> require(
                n >= 2 && n < LaneStep.MOST,
                PATH + ".folds = " + n + " is out of range: expected 2 to " + (LaneStep.MOST - 1)));
        require(by.isEmpty() || folds.isPresent(), PATH + ".by does not go with a grid: expected it with folds only");
        require(
                strata.isEmpty() || folds.isPresent(),
                PATH + ".strata does not go with a grid: expected it with folds only");
    }

    /// What falls into a fold as one.
    public enum By {
        /// K-fold: each event by itself.
        ID,
        /// Group K-fold: what `split.group` names.
        GROUP
    }

    /// What examples are told apart by before they are dealt.
    public enum Strata {
        /// Stratified K-fold; of groups, stratified group K-fold.
        CLASS
    }

    /// What a version has.
    public enum Publish {
        SERVED,
        ALL
    }

    private static long size(Optional<List<Double>> values) {
        return values.map(List::size).orElse(1);
    }

    private static void distinct(String key, Optional<List<Double>> values) {
        values.ifPresent(list -> require(
                !list.isEmpty() && new HashSet<>(list).size() == list.size(),
                PATH + "." + key + " = " + list + " is no choice: expected one value or more, each once"));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /// How many there are.
    public int count() {
        return folds.isPresent()
                ? folds.getAsInt() + 1
                : (int) (size(learningRate) * size(l1) * size(l2) * size(powerT));
    }

    boolean publishesAll() {
        return publish.filter(what -> what == Publish.ALL).isPresent();
    }

    /// The settings of each lane: those of `base` but for what the grid says.
    ///
    /// @throws IllegalArgumentException if one of them is out of range, or does not go with the optimizer
    List<OptimizerConfig> optimizers(OptimizerConfig base) {
        var all = new ArrayList<OptimizerConfig>();
        if (folds.isPresent()) {
            for (var lane = 0; lane < count(); lane++) {
                all.add(base);
            }
            return all;
        }
        for (var rate : learningRate.orElse(List.of(base.learningRate()))) {
            for (var power : powerT.orElse(List.of(base.powerT()))) {
                for (var one : options(l1, base.l1())) {
                    for (var two : options(l2, base.l2())) {
                        all.add(with(base, rate, power, one, two));
                    }
                }
            }
        }
        return all;
    }

    private static List<OptionalDouble> options(Optional<List<Double>> values, OptionalDouble base) {
        return values.map(list -> list.stream().map(OptionalDouble::of).toList())
                .orElse(List.of(base));
    }

    private static OptimizerConfig with(
            OptimizerConfig base, double rate, double power, OptionalDouble l1, OptionalDouble l2) {
        return new OptimizerConfig(
                base.kind(),
                rate,
                power,
                base.inverseTime(),
                base.cosine(),
                base.momentum(),
                base.beta1(),
                base.beta2(),
                base.epsilon(),
                base.beta(),
                l1,
                l2,
                base.clip());
    }

    /// What sets each lane apart, such as `learning-rate 0.05 l2 0.001`, or `fold 3`.
    public List<String> names(OptimizerConfig base) {
        var names = new ArrayList<String>();
        if (folds.isPresent()) {
            for (var fold = 0; fold < folds.getAsInt(); fold++) {
                names.add("without fold " + fold);
            }
            names.add("all folds");
            return names;
        }
        for (var lane : optimizers(base)) {
            var parts = new ArrayList<String>();
            learningRate.ifPresent(_ -> parts.add("learning-rate " + lane.learningRate()));
            powerT.ifPresent(_ -> parts.add("power-t " + lane.powerT()));
            l1.ifPresent(_ -> parts.add("l1 " + lane.l1().orElse(0)));
            l2.ifPresent(_ -> parts.add("l2 " + lane.l2().orElse(0)));
            names.add(String.join(" ", parts).toLowerCase(Locale.ROOT));
        }
        return names;
    }
}
