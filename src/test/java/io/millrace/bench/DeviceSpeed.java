package io.millrace.bench;

import io.millrace.feature.Examples;
import io.millrace.kernel.DeviceException;
import io.millrace.kernel.KernelChoice;
import io.millrace.kernel.OpenClLayers;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.DeviceKind;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/// A whole trainer of layers, and of lanes in mini-batches, on a device of OpenCL beside the same on the CPU, over the
/// same flights in memory: examples a second and progressive loss, by the size of the mini-batch. Last the same lanes
/// example by example.
final class DeviceSpeed {
    private static final int MOST = Integer.getInteger("bench.examples", 200_000);
    private static final int[] BATCHES = {32, 256, 1024, 4096};
    /// For batches of 32; others have it by the root of their size, as AdaGrad takes fewer steps of the same length.
    private static final double RATE = 0.02;

    private static final int SMALL = 32;

    private DeviceSpeed() {}

    static void run() throws IOException {
        var spec = Specs.everythingInTrain();
        var blocks = Encoded.blocks(spec, FlightFile.find().events(spec, MOST));
        System.out.println("cpu: " + KernelChoice.cpu());
        System.out.println("device: " + device());
        measure("16 [64, 32]", spec, blocks, batch -> layers(spec, batch, 16, List.of(64, 32)));
        measure("64 [512, 256]", spec, blocks, batch -> layers(spec, batch, 64, List.of(512, 256)));
        var lanes = plain(spec, SMALL).withLanes(LanesSpeed.grid(16));
        measure("16 lanes", spec, blocks, batch -> lanes.withLearner(learner(LearnerKind.LINEAR, batch)));
        print("16 lanes of a linear model, each example", learned(lanes, spec, blocks));
    }

    private static String device() {
        try {
            return OpenClLayers.find();
        } catch (DeviceException missing) {
            System.err.println("no device, nothing to compare: " + missing.getMessage());
            System.exit(2);
            throw missing;
        }
    }

    private static LearnConfig plain(Spec spec, int batch) {
        return new LearnConfig(
                spec.learn().loss(),
                new OptimizerConfig(OptimizerKind.ADAGRAD, RATE * Math.sqrt(batch / (double) SMALL), 0),
                spec.learn().bits());
    }

    private static LearnConfig layers(Spec spec, int batch, int embedding, List<Integer> layers) {
        return plain(spec, batch)
                .withLearner(learner(LearnerKind.MLP, batch, OptionalInt.of(embedding), Optional.of(layers)));
    }

    private static LearnerConfig learner(LearnerKind kind, int batch) {
        return learner(kind, batch, OptionalInt.empty(), Optional.empty());
    }

    private static LearnerConfig learner(
            LearnerKind kind, int batch, OptionalInt embedding, Optional<List<Integer>> layers) {
        return new LearnerConfig(
                kind,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                embedding,
                layers,
                Optional.empty(),
                OptionalInt.of(batch));
    }

    private static void measure(String shape, Spec spec, List<Examples> blocks, IntFunction<LearnConfig> config) {
        for (var batch : BATCHES) {
            var cpu = learned(config.apply(batch), spec, blocks);
            var device = learned(config.apply(batch).on(DeviceKind.OPENCL), spec, blocks);
            var what = shape + ", batches of " + batch;
            print(what + ", " + cpu.kernel, cpu);
            print(what + ", " + device.kernel, device);
            System.out.printf("  %.2f times as fast%n", device.rate / cpu.rate);
        }
    }

    private record Learned(String kernel, double rate, double loss) {}

    /// The second pass over the examples counts for the rate, the first for the loss.
    private static Learned learned(LearnConfig config, Spec spec, List<Examples> blocks) {
        try (var trainer = new Trainer(config, spec.numbers(), KernelChoice.AUTO.kernel())) {
            blocks.forEach(trainer::learn);
            var loss = trainer.progress().metrics().get("log-loss");
            var before = trainer.examples();
            var start = System.nanoTime();
            blocks.forEach(trainer::learn);
            trainer.cells(); // what a device has comes back
            var seconds = (System.nanoTime() - start) / 1e9;
            return new Learned(trainer.kernel(), (trainer.examples() - before) / seconds, loss);
        }
    }

    private static void print(String what, Learned learned) {
        System.out.printf("%-55s %,12.0f examples a second, log loss %.5f%n", what, learned.rate, learned.loss);
    }
}
