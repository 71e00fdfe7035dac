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
import java.nio.file.Files;
import java.util.List;

/// What models side by side cost: a whole trainer of 4, 8 and 16 lanes beside one of a single model, over the same
/// examples in memory, taken in turn; flights (9 non-zeros) and wide rows (75).
final class LanesSpeed {
    private static final int FLIGHTS = 400_000;
    private static final int WIDE = 40_000;
    private static final int ROUNDS = 7;
    private static final int[] LANES = {0, 4, 8, 16};
    private static final List<Double> GRID = List.of(0.003, 0.006, 0.012, 0.025, 0.05, 0.1, 0.2, 0.4);

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
        var rates = lanes == 16 ? GRID : GRID.subList(0, lanes / 2);
        return Specs.grid(rates, List.of(0.0, 1e-6));
    }

    /// Of one example.
    private static double nanos(LearnConfig learn, Spec spec, List<Examples> blocks) {
        var trainer = new Trainer(learn, spec.numbers(), KernelChoice.AUTO.kernel());
        blocks.subList(0, blocks.size() / 4).forEach(trainer::learn);
        var before = trainer.examples();
        var start = System.nanoTime();
        blocks.forEach(trainer::learn);
        return (System.nanoTime() - start) / (double) (trainer.examples() - before);
    }
}
