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

/// A whole trainer of layers on a device of OpenCL beside the same on the CPU, over the same flights in memory:
/// examples
/// a second and progressive loss, by the size of the mini-batch. The last shape has no dense layer but that of the
/// margin:
/// sixteen numbers a feature, as sixteen lanes of a linear model would have in mini-batches. Below it those lanes,
/// example by
/// example.
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
        measure(spec, blocks, 16, List.of(64, 32));
        measure(spec, blocks, 64, List.of(512, 256));
        measure(spec, blocks, 16, List.of());
        var lanes = plain(spec, SMALL).withLanes(LanesSpeed.grid(16));
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

    private static void measure(Spec spec, List<Examples> blocks, int embedding, List<Integer> layers) {
        for (var batch : BATCHES) {
            var config = plain(spec, batch)
                    .withLearner(new LearnerConfig(
                            LearnerKind.MLP,
                            OptionalInt.empty(),
                            OptionalDouble.empty(),
                            OptionalInt.empty(),
                            OptionalInt.of(embedding),
                            Optional.of(layers),
                            Optional.empty(),
                            OptionalInt.of(batch)));
            var cpu = learned(config, spec, blocks);
            var device = learned(config.on(DeviceKind.OPENCL), spec, blocks);
            var what = embedding + " " + layers + ", batches of " + batch;
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
