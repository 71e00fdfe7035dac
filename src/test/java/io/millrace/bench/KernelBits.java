package io.millrace.bench;

import io.millrace.event.LabelConfig;
import io.millrace.feature.Examples;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LanesConfig;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleUnaryOperator;

/// Whether `simd` learns the very bits that `scalar` does, of real flights: every learner, every optimizer it takes.
/// Compared are all floats of all cells, the digests on the way, and the state with its progressive metrics.
///
/// Two sets of rows: those of the shipped spec, eight entries each, and *crossed* ones, 43 each, as rows of more than
/// 32 entries take other ways through the kernels.
final class KernelBits {
    /// One learner on one set of rows.
    ///
    /// @param what learner and rows
    record Case(String what, LearnConfig learn) {
        @Override
        public String toString() {
            return what + ", "
                    + learn.optimizer().kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// Flights in blocks, with their delays in minutes.
    ///
    /// @param crossed whether rows are long
    record Rows(Spec spec, boolean crossed, List<Examples> blocks, List<float[]> delays) {
        static Rows of(FlightFile file, boolean crossed, int most) throws IOException {
            var spec = byDelay(crossed ? SpecReader.resource("specs/crossed.yaml") : Specs.flights());
            var blocks = Encoded.blocks(spec, file.events(spec, most));
            return new Rows(
                    spec,
                    crossed,
                    blocks,
                    blocks.stream().map(block -> block.labels.clone()).toList());
        }

        /// The same examples, of which the label is the delay itself.
        private static Spec byDelay(Spec spec) {
            var bits = spec.learn().bits();
            return new Spec(
                    spec.model(),
                    spec.events(),
                    spec.split(),
                    new LabelConfig("delay", OptionalDouble.empty()),
                    spec.features(),
                    new LearnConfig(LossKind.SQUARED, spec.learn().optimizer(), bits),
                    spec.publish(),
                    spec.gate(),
                    spec.schemaText());
        }

        /// Gives every example the label that its delay makes.
        void label(DoubleUnaryOperator ofDelay) {
            for (var b = 0; b < blocks.size(); b++) {
                for (var i = 0; i < blocks.get(b).size; i++) {
                    blocks.get(b).labels[i] = (float) ofDelay.applyAsDouble(delays.get(b)[i]);
                }
            }
        }

        /// Learns with both kernels at once.
        Compared compare(Case one) {
            label(one.learn.loss() == LossKind.SOFTMAX ? KernelBits::lateness : delay -> delay > LATE ? 1 : 0);
            var scalar = new Trainer(one.learn, spec.numbers(), KernelChoice.SCALAR.kernel());
            var simd = new Trainer(one.learn, spec.numbers(), KernelChoice.SIMD.kernel());
            return KernelBits.compare(scalar, simd, blocks);
        }

        List<Case> cases() {
            return KernelBits.cases(crossed, spec.learn().bits());
        }
    }

    /// @param scalar the trainer that learned so
    /// @param difference what differs; empty where nothing does
    record Compared(Trainer scalar, Optional<String> difference) {}

    private static final int MOST = Integer.getInteger("bench.events", 1_000_000);
    /// Minutes from which on a flight is late, as in the shipped spec.
    private static final int LATE = 15;
    /// Blocks from digest to digest.
    private static final int EVERY = 100;

    private KernelBits() {}

    /// @return whether all bits are the same
    static boolean run() throws IOException {
        System.out.println("cpu: " + KernelChoice.cpu());
        var file = FlightFile.find();
        var same = true;
        for (var crossed : new boolean[] {false, true}) {
            var rows = Rows.of(file, crossed, MOST);
            for (var one : rows.cases()) {
                same &= print(one, rows.compare(one));
            }
        }
        System.out.println(same ? "simd has the bits of scalar" : "simd has NOT the bits of scalar");
        return same;
    }

    private static boolean print(Case one, Compared compared) {
        var trainer = compared.scalar;
        System.out.printf(
                "%-52s %,d examples, %d refused, log loss %.5f, digest %016x: %s%n",
                one,
                trainer.examples(),
                trainer.refused(),
                trainer.progress().metrics().get("log-loss"),
                trainer.digest(),
                compared.difference.orElse("the same"));
        return compared.difference.isEmpty();
    }

    /// Every learner with every optimizer that it takes; of long rows those whose sums go over them.
    private static List<Case> cases(boolean crossed, int bits) {
        var cases = new ArrayList<Case>();
        for (var kind : OptimizerKind.values()) {
            var linear = new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(kind, Specs.RATES.get(kind), 0), bits);
            var softmax = new LearnConfig(LossKind.SOFTMAX, ofClasses(kind), bits).withClasses(3);
            cases.add(new Case(crossed ? "linear, crossed" : "linear", linear));
            cases.add(new Case(crossed ? "softmax of 3, crossed" : "softmax of 3", softmax));
            if (!crossed) {
                cases.add(new Case(
                        "factorization-machine",
                        linear.withLearner(new LearnerConfig(LearnerKind.FACTORIZATION_MACHINE))));
                if (kind != OptimizerKind.NORMALIZED_ADAPTIVE) {
                    cases.add(new Case("mlp", linear.withLearner(new LearnerConfig(LearnerKind.MLP))));
                }
                cases.add(new Case("16 lanes", linear.withLanes(grid(Specs.RATES.get(kind)))));
                cases.add(new Case("5 folds", linear.withLanes(folds())));
            }
        }
        return cases;
    }

    /// Slower where rates are for margins that flow, and those of classes don't.
    private static OptimizerConfig ofClasses(OptimizerKind kind) {
        return new OptimizerConfig(
                kind, Specs.RATES.get(kind) / (kind == OptimizerKind.NORMALIZED_ADAPTIVE ? 25 : 1), 0);
    }

    /// Eight rates around one, with and without l2.
    private static LanesConfig grid(double rate) {
        var rates = new ArrayList<Double>();
        for (var k = 0; k < 8; k++) {
            rates.add(rate * Math.scalb(1.0, k - 5));
        }
        return Specs.grid(rates, List.of(0.0, 1e-6));
    }

    private static LanesConfig folds() {
        return new LanesConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(5),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// Early or in time, a little late, late.
    private static double lateness(double delay) {
        return delay <= 0 ? 0 : delay <= LATE ? 1 : 2;
    }

    /// Has two trainers learn the same blocks, side by side.
    static Compared compare(Trainer scalar, Trainer simd, List<Examples> blocks) {
        var digests = CompletableFuture.supplyAsync(() -> learn(simd, blocks));
        var expected = learn(scalar, blocks);
        return new Compared(scalar, difference(scalar, expected, simd, digests.join()));
    }

    /// Learns all blocks.
    ///
    /// @return digests on the way
    private static long[] learn(Trainer trainer, List<Examples> blocks) {
        var digests = new long[blocks.size() / EVERY + 1];
        for (var b = 0; b < blocks.size(); b++) {
            trainer.learn(blocks.get(b));
            if (b % EVERY == EVERY - 1) {
                digests[b / EVERY] = trainer.digest();
            }
        }
        digests[digests.length - 1] = trainer.digest();
        return digests;
    }

    private static Optional<String> difference(Trainer scalar, long[] expected, Trainer simd, long[] digests) {
        var digest = Arrays.mismatch(expected, digests);
        if (digest >= 0) {
            var most = Math.min((digest + 1L) * EVERY * 1024, scalar.examples());
            return Optional.of("the digests differ within the first %,d examples".formatted(most));
        }
        var number = Arrays.mismatch(scalar.cells().data, simd.cells().data);
        if (number >= 0) {
            return Optional.of("the cells differ from float %,d on".formatted(number));
        }
        return scalar.state().equals(simd.state())
                ? Optional.empty()
                : Optional.of("counters, scalers or metrics differ: " + scalar.metrics() + " and " + simd.metrics());
    }
}
