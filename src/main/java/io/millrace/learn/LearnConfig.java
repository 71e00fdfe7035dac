package io.millrace.learn;

import io.millrace.evaluate.Outcome;
import io.millrace.kernel.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The `learn:` block of a spec.
///
/// @param loss what a wrong prediction costs
/// @param tau of quantile and expectile loss, more than 0 and less than 1; 0.5 where it is left out
/// @param delta of Huber loss, more than 0; 1 where it is left out
/// @param classes how many there are, of softmax: as many as `label.classes` names, from where a spec takes it
/// @param learner what weights make of an example; linear where it is left out
/// @param optimizer how weights move
/// @param bits log2 of the size of the feature space, 1 to 28
/// @param lanes models side by side; one where it is left out
/// @param kernel a device that learns, with bits of its own; left out, the CPU does. With mini-batches only
public record LearnConfig(
        LossKind loss,
        OptionalDouble tau,
        OptionalDouble delta,
        OptionalInt classes,
        Optional<LearnerConfig> learner,
        OptimizerConfig optimizer,
        int bits,
        Optional<LanesConfig> lanes,
        Optional<DeviceKind> kernel) {
    /// So many classes are still told apart one by one.
    private static final int MOST_CLASSES = 256;

    /// So many have indices of 28 bits.
    private static final long MOST_CELLS = 1 << 28;

    /// Floats that an array can hold, a few objects less.
    private static final long MOST_FLOATS = Integer.MAX_VALUE - 8;

    /// @throws IllegalArgumentException if a number is out of range, or does not go with the loss
    public LearnConfig {
        require(bits >= 1 && bits <= 28, "learn.bits", bits, "1 to 28");
        goesWith("learn.tau", tau, "learn.loss", loss, LossKind.QUANTILE, LossKind.EXPECTILE);
        goesWith("learn.delta", delta, "learn.loss", loss, LossKind.HUBER);
        tau.ifPresent(value -> require(value > 0 && value < 1, "learn.tau", value, "more than 0, less than 1"));
        delta.ifPresent(
                value -> require(value >= 1e-6 && value <= 1e9, "learn.delta", value, "0.000001 to 1000000000"));
        classes.ifPresent(
                value -> require(value >= 2 && value <= MOST_CLASSES, "learn.classes", value, "2 to " + MOST_CLASSES));
        LearnConfig.goesWith(
                "learn.classes", classes.isPresent() ? classes.getAsInt() : null, "learn.loss", loss, LossKind.SOFTMAX);
        learner.filter(given -> loss == LossKind.SOFTMAX && given.kind() == LearnerKind.FACTORIZATION_MACHINE)
                .ifPresent(given -> {
                    throw new IllegalArgumentException("learn.learner.kind = " + word(given.kind())
                            + " does not go with learn.loss = softmax: expected linear or mlp");
                });
        if (optimizer.kind() == OptimizerKind.NORMALIZED_ADAPTIVE && (isMlp(learner) || isBatched(learner))) {
            throw new IllegalArgumentException("learn.optimizer.kind = normalized-adaptive does not go with "
                    + (isMlp(learner) ? "learn.learner.kind = mlp" : "learn.learner.batch")
                    + ": expected another, as its step follows the margin of one example, and a"
                    + " mini-batch has many");
        }
        var cells = cells(bits, classes, learner);
        require(cells <= MOST_CELLS, "learn.bits", bits, "fewer, as layers stand behind its cells: 2^28 in all");
        if (isBatched(learner) && lanes.isEmpty()) {
            throw new IllegalArgumentException("learn.learner.batch = "
                    + learner.orElseThrow().examples()
                    + " does not go with learn.learner.kind = linear alone: expected it with learn.lanes, or mlp");
        }
        lanes.ifPresent(given -> checkLanes(given, loss, learner, optimizer));
        kernel.ifPresent(given -> checkDevice(given, learner, optimizer));
        var floats = (long) floats(classes, learner, optimizer, lanes) * cells;
        require(
                floats <= MOST_FLOATS,
                "learn.bits",
                bits,
                "fewer, as learner and optimizer take " + (floats / cells) + " floats a feature");
    }

    /// On the CPU.
    public LearnConfig(
            LossKind loss,
            OptionalDouble tau,
            OptionalDouble delta,
            OptionalInt classes,
            Optional<LearnerConfig> learner,
            OptimizerConfig optimizer,
            int bits,
            Optional<LanesConfig> lanes) {
        this(loss, tau, delta, classes, learner, optimizer, bits, lanes, Optional.empty());
    }

    /// A linear one, without what only some losses have.
    public LearnConfig(LossKind loss, OptimizerConfig optimizer, int bits) {
        this(
                loss,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                optimizer,
                bits,
                Optional.empty());
    }

    /// The same, with another learner.
    public LearnConfig withLearner(LearnerConfig other) {
        return new LearnConfig(loss, tau, delta, classes, Optional.of(other), optimizer, bits, lanes, kernel);
    }

    /// The same, of so many classes.
    public LearnConfig withClasses(int n) {
        return new LearnConfig(loss, tau, delta, OptionalInt.of(n), learner, optimizer, bits, lanes, kernel);
    }

    /// The same, in lanes.
    public LearnConfig withLanes(LanesConfig some) {
        return new LearnConfig(loss, tau, delta, classes, learner, optimizer, bits, Optional.of(some), kernel);
    }

    /// The same, on a device.
    public LearnConfig on(DeviceKind device) {
        return new LearnConfig(loss, tau, delta, classes, learner, optimizer, bits, lanes, Optional.of(device));
    }

    private static void checkDevice(DeviceKind device, Optional<LearnerConfig> learner, OptimizerConfig optimizer) {
        var key = "learn.kernel = " + word(device) + " does not go with ";
        if (!isMlp(learner) && !isBatched(learner)) {
            throw new IllegalArgumentException(
                    key + "learn.learner.kind = "
                            + word(learner.map(LearnerConfig::kind).orElse(LearnerKind.LINEAR))
                            + ": expected mlp, or learn.lanes with learn.learner.batch, as only mini-batches are worth a device");
        }
        if (!(Optimizer.of(optimizer) instanceof Optimizer.OnDevice)) {
            throw new IllegalArgumentException(
                    key + "learn.optimizer.kind = " + word(optimizer.kind()) + ": expected one that a device has");
        }
    }

    private static void checkLanes(
            LanesConfig lanes, LossKind loss, Optional<LearnerConfig> learner, OptimizerConfig optimizer) {
        var kind = learner.map(LearnerConfig::kind).orElse(LearnerKind.LINEAR);
        if (kind != LearnerKind.LINEAR || loss == LossKind.SOFTMAX) {
            throw new IllegalArgumentException("learn.lanes does not go with "
                    + (kind != LearnerKind.LINEAR ? "learn.learner.kind = " + word(kind) : "learn.loss = softmax")
                    + ": expected a linear learner of one margin, as only such models learn side by side");
        }
        if (!LaneOptimizer.knows(optimizer.kind())) {
            throw new IllegalArgumentException("learn.lanes does not go with learn.optimizer.kind = "
                    + word(optimizer.kind()) + ": expected one that learns side by side");
        }
        if (lanes.strata().isPresent() && !loss.ofClasses()) {
            throw new IllegalArgumentException("learn.lanes.strata = class does not go with learn.loss = " + word(loss)
                    + ": expected a loss of two classes, as a number has none");
        }
        try {
            lanes.optimizers(optimizer);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException("learn.lanes: a lane's " + refused.getMessage(), refused);
        }
    }

    /// What is predicted.
    public Outcome outcome() {
        if (loss == LossKind.SOFTMAX) {
            return Outcome.classes(classes.orElseThrow(() ->
                    new IllegalStateException("learn.classes is missing: expected it with learn.loss = softmax")));
        }
        return Loss.of(this).outcome();
    }

    /// Floats of the model a feature: its weight, and what else the learner has.
    public int parameters() {
        return parameters(classes, learner);
    }

    /// Floats of a version a feature: those of the model, or the weights of all lanes.
    public int published() {
        return lanes.filter(LanesConfig::publishesAll).map(LanesConfig::count).orElse(parameters());
    }

    /// Floats a feature: of the model, and what the optimizer remembers of them, in all lanes.
    public int floats() {
        return floats(classes, learner, optimizer, lanes);
    }

    private static int floats(
            OptionalInt classes,
            Optional<LearnerConfig> learner,
            OptimizerConfig optimizer,
            Optional<LanesConfig> lanes) {
        return parameters(classes, learner)
                * Optimizer.of(optimizer).stride()
                * lanes.map(LanesConfig::count).orElse(1);
    }

    private static int parameters(OptionalInt classes, Optional<LearnerConfig> learner) {
        return isMlp(learner)
                ? learner.orElseThrow().inputs()
                : classes.orElse(1) + learner.map(LearnerConfig::factors).orElse(0);
    }

    /// Cells of a model: one a feature, and behind them those that hold layers.
    public int cells() {
        return (int) cells(bits, classes, learner);
    }

    private static long cells(int bits, OptionalInt classes, Optional<LearnerConfig> learner) {
        var layers = isMlp(learner) ? Network.parameters(learner.orElseThrow().widths(classes.orElse(1))) : 0;
        return Cells.count(bits, parameters(classes, learner), layers);
    }

    private static boolean isMlp(Optional<LearnerConfig> learner) {
        return learner.filter(given -> given.kind() == LearnerKind.MLP).isPresent();
    }

    /// Whether examples are learned in mini-batches through dense layers.
    boolean isMlp() {
        return isMlp(learner);
    }

    private static boolean isBatched(Optional<LearnerConfig> learner) {
        return learner.filter(given ->
                        given.kind() == LearnerKind.LINEAR && given.batch().isPresent())
                .isPresent();
    }

    /// Whether linear models side by side learn in mini-batches.
    boolean isBatched() {
        return isBatched(learner);
    }

    /// Whether a device learns, not the CPU.
    public boolean isOnDevice() {
        return kernel.isPresent();
    }

    /// Whether a prediction can be told feature by feature.
    public boolean isExplainable() {
        return !isMlp();
    }

    /// The devices that a spec can name.
    public enum DeviceKind {
        /// The first GPU that OpenCL reaches, else its first device of any kind.
        OPENCL
    }

    /// The losses that a spec can name.
    public enum LossKind {
        LOGISTIC(true, _ -> new LogisticLoss()),
        HINGE(true, _ -> new HingeLoss()),
        SMOOTHED_HINGE(true, _ -> new SmoothedHingeLoss()),
        SOFTMAX(true, config -> new SoftmaxLoss(config.outcome().outputs())),
        SQUARED(false, _ -> new SquaredLoss()),
        HUBER(false, config -> new HuberLoss(config.delta().orElse(1))),
        QUANTILE(false, config -> new QuantileLoss(config.tau().orElse(0.5))),
        EXPECTILE(false, config -> new ExpectileLoss(config.tau().orElse(0.5))),
        POISSON(false, _ -> new PoissonLoss());

        private final boolean ofClasses;

        @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
        final Function<LearnConfig, Loss> make;

        LossKind(boolean ofClasses, Function<LearnConfig, Loss> make) {
            this.ofClasses = ofClasses;
            this.make = make;
        }

        /// Whether labels are classes and predictions probabilities, not numbers.
        public boolean ofClasses() {
            return ofClasses;
        }
    }

    /// The `learn.learner:` block. Keys that are left out have the default of their learner.
    ///
    /// @param rank factors of a feature, 1 to 64 (8)
    /// @param init factors begin within ± this, embeddings likewise; more than 0, at most 1 (0.01; of mlp 0.1)
    /// @param seed of the numbers that they and layers begin with (1)
    /// @param embedding numbers that a feature adds to what the first dense layer reads, 1 to 64 (16)
    /// @param layers neurons of each hidden layer, 1 to 4096 each, at most 16 layers; none is a layer of margins
    ///     alone (64, 32)
    /// @param activation of the hidden layers (relu)
    /// @param batch examples a step, 1 to 4096; of mlp (32), and of a linear one in lanes (each example by itself)
    public record LearnerConfig(
            LearnerKind kind,
            OptionalInt rank,
            OptionalDouble init,
            OptionalInt seed,
            OptionalInt embedding,
            Optional<List<Integer>> layers,
            Optional<Activation> activation,
            OptionalInt batch) {
        private static final String PATH = "learn.learner.";
        private static final int RANK = 8;
        private static final double INIT = 0.01;
        private static final double EMBEDDING_INIT = 0.1;
        private static final int SEED = 1;
        private static final int EMBEDDING = 16;
        private static final List<Integer> LAYERS = List.of(64, 32);
        private static final int BATCH = 32;
        private static final int MOST_LAYERS = 16;
        private static final int MOST_NEURONS = 4096;

        /// @throws IllegalArgumentException if a number is out of range, or does not go with the kind
        public LearnerConfig {
            rank.ifPresent(value -> require(value >= 1 && value <= 64, PATH + "rank", value, "1 to 64"));
            init.ifPresent(value -> require(value > 0 && value <= 1, PATH + "init", value, "more than 0, at most 1"));
            embedding.ifPresent(value -> require(value >= 1 && value <= 64, PATH + "embedding", value, "1 to 64"));
            batch.ifPresent(value -> require(value >= 1 && value <= 4096, PATH + "batch", value, "1 to 4096"));
            layers = layers.map(List::copyOf);
            layers.ifPresent(LearnerConfig::check);
            var ranked = LearnerKind.FACTORIZATION_MACHINE;
            var mlp = LearnerKind.MLP;
            goesWith("rank", rank.isPresent() ? rank.getAsInt() : null, kind, ranked);
            goesWith("init", init.isPresent() ? init.getAsDouble() : null, kind, ranked, mlp);
            goesWith("seed", seed.isPresent() ? seed.getAsInt() : null, kind, ranked, mlp);
            goesWith("embedding", embedding.isPresent() ? embedding.getAsInt() : null, kind, mlp);
            goesWith("layers", layers.orElse(null), kind, mlp);
            goesWith("activation", activation.map(LearnConfig::word).orElse(null), kind, mlp);
            goesWith("batch", batch.isPresent() ? batch.getAsInt() : null, kind, mlp, LearnerKind.LINEAR);
        }

        private static void check(List<Integer> layers) {
            require(layers.size() <= MOST_LAYERS, PATH + "layers", layers, "at most " + MOST_LAYERS + " layers");
            for (var neurons : layers) {
                require(
                        neurons >= 1 && neurons <= MOST_NEURONS,
                        PATH + "layers",
                        layers,
                        "1 to " + MOST_NEURONS + " neurons each");
            }
        }

        /// With every default.
        public LearnerConfig(LearnerKind kind) {
            this(kind, OptionalInt.empty(), OptionalDouble.empty(), OptionalInt.empty());
        }

        /// A linear one or a factorization machine.
        public LearnerConfig(LearnerKind kind, OptionalInt rank, OptionalDouble init, OptionalInt seed) {
            this(kind, rank, init, seed, OptionalInt.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
        }

        private static void goesWith(String key, @Nullable Object value, LearnerKind kind, LearnerKind... those) {
            LearnConfig.goesWith(PATH + key, value, PATH + "kind", kind, those);
        }

        /// Floats of a feature beside its weight.
        int factors() {
            return kind == LearnerKind.FACTORIZATION_MACHINE ? rank.orElse(RANK) : 0;
        }

        /// Inputs of the first dense layer: floats of a feature.
        int inputs() {
            return embedding.orElse(EMBEDDING);
        }

        /// Inputs, the neurons of each hidden layer, and the margins.
        int[] widths(int outputs) {
            var hidden = layers.orElse(LAYERS);
            var widths = new int[hidden.size() + 2];
            widths[0] = inputs();
            for (var l = 0; l < hidden.size(); l++) {
                widths[l + 1] = hidden.get(l);
            }
            widths[hidden.size() + 1] = outputs;
            return widths;
        }

        Activation neurons() {
            return activation.orElse(Activation.RELU);
        }

        /// Examples a step.
        int examples() {
            return batch.orElse(BATCH);
        }

        float start() {
            return (float) init.orElse(kind == LearnerKind.MLP ? EMBEDDING_INIT : INIT);
        }

        int begin() {
            return seed.orElse(SEED);
        }
    }

    /// The learners that a spec can name.
    public enum LearnerKind {
        LINEAR(_ -> new Linear()),
        FACTORIZATION_MACHINE(config -> new FactorizationMachine(config.factors(), config.start(), config.begin())),
        /// What it makes of an example is not one learner's: [Mlp].
        MLP(_ -> {
            throw new IllegalStateException("mlp learns in mini-batches");
        });

        @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
        final Function<LearnerConfig, Learner> make;

        LearnerKind(Function<LearnerConfig, Learner> make) {
            this.make = make;
        }
    }

    /// The `learn.optimizer:` block. What a key does is said with the optimizer that has it; those that are
    /// left out have its default.
    ///
    /// @param learningRate step size at the first example; more than 0, at most 10
    /// @param powerT the rate of example t (from 1) is `learningRate / t^powerT`; 0 to 1, 0 keeps it constant
    /// @param inverseTime examples after which the rate is half of the first, a third after twice as many
    /// @param cosine examples in which the rate falls to 0 along half a wave, to begin anew
    /// @param momentum share of a velocity that stays; 0 to less than 1 (0.9)
    /// @param beta1 share of a mean gradient that stays; 0 to less than 1 (0.9)
    /// @param beta2 share of a mean square that stays; 0 to less than 1 (0.999; of rmsprop 0.9)
    /// @param epsilon added to a root before it divides; 0 to 1 (1e-8; of adagrad 0)
    /// @param beta of ftrl, 0 to 1000 (1)
    /// @param l1 pulls weights to exactly 0; 0 to 1000 (0)
    /// @param l2 shrinks weights in proportion; 0 to 1000 (0)
    /// @param clip most that the slope of the loss by the margin, times the example's weight, counts as;
    ///     more than 0
    public record OptimizerConfig(
            OptimizerKind kind,
            double learningRate,
            double powerT,
            OptionalDouble inverseTime,
            OptionalDouble cosine,
            OptionalDouble momentum,
            OptionalDouble beta1,
            OptionalDouble beta2,
            OptionalDouble epsilon,
            OptionalDouble beta,
            OptionalDouble l1,
            OptionalDouble l2,
            OptionalDouble clip) {
        private static final String PATH = "learn.optimizer.";
        private static final OptionalDouble NONE = OptionalDouble.empty();

        /// @throws IllegalArgumentException if a number is out of range, or does not go with the kind
        public OptimizerConfig {
            require(
                    learningRate > 0 && learningRate <= 10,
                    PATH + "learning-rate",
                    learningRate,
                    "more than 0, at most 10");
            require(powerT >= 0 && powerT <= 1, PATH + "power-t", powerT, "0 to 1");
            var schedules = (powerT > 0 ? 1 : 0) + (inverseTime.isPresent() ? 1 : 0) + (cosine.isPresent() ? 1 : 0);
            if (schedules > 1) {
                throw new IllegalArgumentException(PATH + (inverseTime.isPresent() ? "inverse-time" : "cosine")
                        + " does not go with " + (powerT > 0 ? "power-t" : "cosine")
                        + ": expected one schedule of power-t, inverse-time and cosine");
            }
            inverseTime.ifPresent(value -> require(value >= 1, PATH + "inverse-time", value, "1 or more examples"));
            cosine.ifPresent(value -> require(value >= 1, PATH + "cosine", value, "1 or more examples"));
            withoutSchedule(kind, "power-t", powerT > 0, powerT);
            withoutSchedule(kind, "inverse-time", inverseTime.isPresent(), inverseTime.orElse(0));
            withoutSchedule(kind, "cosine", cosine.isPresent(), cosine.orElse(0));
            share("momentum", momentum);
            share("beta1", beta1);
            share("beta2", beta2);
            within("epsilon", epsilon, 1);
            within("beta", beta, 1000);
            within("l1", l1, 1000);
            within("l2", l2, 1000);
            clip.ifPresent(value -> require(value > 0, PATH + "clip", value, "more than 0"));
            goesWith(PATH + "momentum", momentum, PATH + "kind", kind, OptimizerKind.MOMENTUM, OptimizerKind.NESTEROV);
            goesWith(PATH + "beta1", beta1, PATH + "kind", kind, OptimizerKind.ADAM);
            goesWith(PATH + "beta2", beta2, PATH + "kind", kind, OptimizerKind.ADAM, OptimizerKind.RMSPROP);
            goesWith(
                    PATH + "epsilon",
                    epsilon,
                    PATH + "kind",
                    kind,
                    OptimizerKind.ADAM,
                    OptimizerKind.RMSPROP,
                    OptimizerKind.ADAGRAD);
            goesWith(PATH + "beta", beta, PATH + "kind", kind, OptimizerKind.FTRL);
        }

        /// Without what only some kinds have.
        public OptimizerConfig(OptimizerKind kind, double learningRate, double powerT) {
            this(kind, learningRate, powerT, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE);
        }

        /// FTRL makes each weight anew of its z and alpha, so an alpha that falls would take it to 0, while z grows
        /// without bound to hold it where it is best.
        private static void withoutSchedule(OptimizerKind kind, String key, boolean given, double value) {
            if (given && kind == OptimizerKind.FTRL) {
                throw new IllegalArgumentException(PATH + key + " = " + value + " does not go with " + PATH
                        + "kind = ftrl: expected no schedule, as its rates fall of themselves, weight by weight");
            }
        }

        private static void share(String key, OptionalDouble value) {
            value.ifPresent(number -> require(number >= 0 && number < 1, PATH + key, number, "0 to less than 1"));
        }

        private static void within(String key, OptionalDouble value, double most) {
            value.ifPresent(number -> require(number >= 0 && number <= most, PATH + key, number, "0 to " + most));
        }
    }

    /// The optimizers that a spec can name.
    public enum OptimizerKind {
        SGD((_, rate, shrink) -> new Sgd(rate, shrink)),
        MOMENTUM((config, rate, shrink) ->
                new Momentum(rate, (float) config.momentum().orElse(0.9), false, shrink)),
        NESTEROV((config, rate, shrink) ->
                new Momentum(rate, (float) config.momentum().orElse(0.9), true, shrink)),
        ADAGRAD((config, rate, shrink) ->
                Adaptive.adaGrad(rate, (float) config.epsilon().orElse(0), shrink)),
        RMSPROP((config, rate, shrink) -> Adaptive.rmsProp(
                rate,
                (float) config.beta2().orElse(0.9),
                (float) config.epsilon().orElse(1e-8),
                shrink)),
        ADAM((config, rate, shrink) -> new Adam(
                rate,
                config.beta1().orElse(0.9),
                config.beta2().orElse(0.999),
                (float) config.epsilon().orElse(1e-8),
                shrink)),
        FTRL((config, rate, shrink) -> new Ftrl(rate, (float) config.beta().orElse(1), shrink)),
        NORMALIZED_ADAPTIVE((_, rate, shrink) -> new NormalizedAdaptive(rate, shrink));

        @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
        final Optimizer.Factory factory;

        OptimizerKind(Optimizer.Factory factory) {
            this.factory = factory;
        }
    }

    private static void require(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: expected " + expected);
        }
    }

    private static void goesWith(String key, OptionalDouble value, String of, Enum<?> kind, Enum<?>... those) {
        goesWith(key, value.isPresent() ? value.getAsDouble() : null, of, kind, those);
    }

    private static void goesWith(String key, @Nullable Object value, String of, Enum<?> kind, Enum<?>... those) {
        if (value != null && !List.of(those).contains(kind)) {
            throw new IllegalArgumentException(key + " = " + value + " does not go with " + of + " = "
                    + word(kind) + ": expected it with "
                    + Arrays.stream(those).map(LearnConfig::word).collect(Collectors.joining(", ")) + " only");
        }
    }

    private static String word(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
