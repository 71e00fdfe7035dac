package io.millrace.bench;

import io.millrace.feature.Examples;
import io.millrace.generate.WideEvents;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LanesConfig;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;

/// What models side by side cost: a whole trainer of 4, 8 and 16 lanes beside one of a single model, over the same
/// examples in memory, taken in turn; flights (9 non-zeros) and wide rows (75).
final class LanesSpeed {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int FLIGHTS = 400_000;
    private static final int WIDE = 40_000;
    private static final int ROUNDS = 7;
    private static final int[] LANES = {0, 4, 8, 16};
    private static final List<Double> GRID = List.of(
            0.001, 0.0015, 0.002, 0.003, 0.004, 0.006, 0.008, 0.012, 0.018, 0.025, 0.035, 0.05, 0.07, 0.1, 0.14, 0.2);

    /// Which, by their names in Java: `-Dbench.optimizers=SGD,FTRL`.
    private static final Set<String> SOME =
            Set.of(System.getProperty("bench.optimizers", "").split(",", -1));

    private LanesSpeed() {}

    static void run() throws IOException {
        var flights = Specs.everythingInTrain();
        var file = FlightFile.find();
        compare("flights, 2^18", flights, Encoded.blocks(flights, file.events(flights, FLIGHTS)));
        var wide = WideEvents.first(WIDE, 7);
        for (var bits : new int[] {18, 22}) {
            var path = Files.createTempFile("wide", ".yaml");
            Files.writeString(path, WideEvents.spec("wide", "wide").replace("bits: 20", "bits: " + bits));
            var spec = SpecReader.read(path);
            compare("wide, 2^" + bits, spec.withSplit(spec.split().withShares(1, 0, 0)), Encoded.blocks(spec, wide));
            Files.delete(path);
        }
    }

    private static void compare(String what, Spec spec, List<Examples> blocks) {
        for (var kind : OptimizerKind.values()) {
            if (!SOME.contains("") && !SOME.contains(kind.name())) {
                continue;
            }
            var best = new double[LANES.length];
            for (var round = 0; round < ROUNDS; round++) {
                for (var k = 0; k < LANES.length; k++) {
                    var nanos = nanos(learn(spec, kind, LANES[k]), spec, blocks);
                    best[k] = best[k] == 0 ? nanos : Math.min(best[k], nanos);
                }
            }
            System.out.printf(
                    "%-14s %-20s one %,7.0f ns; times as long: 4 lanes %.2f, 8 lanes %.2f, 16 lanes %.2f%n",
                    what, kind, best[0], best[1] / best[0], best[2] / best[0], best[3] / best[0]);
        }
    }

    private static LearnConfig learn(Spec spec, OptimizerKind kind, int lanes) {
        var learn = new LearnConfig(
                spec.learn().loss(),
                new OptimizerConfig(kind, 0.05, 0),
                spec.learn().bits());
        return lanes == 0 ? learn : learn.withLanes(grid(lanes));
    }

    static LanesConfig grid(int lanes) {
        return Specs.grid(GRID.subList(0, lanes), List.of(0.0));
    }

    /// Of the processor, an example.
    private static double nanos(LearnConfig learn, Spec spec, List<Examples> blocks) {
        var trainer = new Trainer(learn, spec.numbers(), KernelChoice.AUTO.kernel());
        blocks.subList(0, blocks.size() / 4).forEach(trainer::learn);
        var before = trainer.examples();
        var start = THREADS.getCurrentThreadCpuTime();
        blocks.forEach(trainer::learn);
        return (THREADS.getCurrentThreadCpuTime() - start) / (double) (trainer.examples() - before);
    }
}
