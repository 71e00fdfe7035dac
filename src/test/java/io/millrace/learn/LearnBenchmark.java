package io.millrace.learn;

import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.NumberFeature;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Test-then-train over rows like those of flights: a number, the constant, an origin, a destination, their cross, an
/// hour and a day. One thread, blocks of 1,024. Run it by hand: `org.openjdk.jmh.Main LearnBenchmark`.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LearnBenchmark {
    private static final int BLOCKS = 64;
    private static final int BLOCK = 1024;
    private static final int BITS = 18;

    /// Entries a row; the first is a number that is scaled where `numbers` is 1. 75 is a wide row.
    @Param({"8", "75"})
    public int entries;

    @Param({"0", "1"})
    public int numbers;

    @Param({"LOGISTIC", "SQUARED"})
    public LossKind loss;

    @Param({"0", "0.5"})
    public double powerT;

    @Param({"SCALAR", "SIMD"})
    public KernelChoice kernel;

    private final Examples[] blocks = new Examples[BLOCKS];
    private Trainer trainer = new Trainer(config(LossKind.LOGISTIC, 0), List.of());
    private int next;

    private static LearnConfig config(LossKind loss, double powerT) {
        return new LearnConfig(loss, new OptimizerConfig(OptimizerKind.SGD, 0.02, powerT), BITS);
    }

    /// Makes the rows, and a trainer that knows them.
    @Setup(Level.Trial)
    public void rows() {
        var features = numbers == 0 ? List.<NumberFeature>of() : List.of(new NumberFeature(99, Scale.STANDARD));
        trainer = new Trainer(config(loss, powerT), features, kernel.kernel());
        var random = new Random(1);
        var cells = random.ints(4075, 0, 1 << BITS).toArray();
        for (var b = 0; b < BLOCKS; b++) {
            blocks[b] = block(random, cells);
            trainer.learn(blocks[b]);
        }
    }

    private Examples block(Random random, int[] cells) {
        var block = new Examples(numbers);
        for (var i = 0; i < BLOCK; i++) {
            block.begin();
            if (numbers == 1) {
                block.add(99, 100 + 2500 * random.nextFloat());
            }
            var sum = 0;
            for (var j = numbers; j < entries; j++) {
                var skewed = (int) (cells.length * Math.pow(random.nextDouble(), 3));
                sum += skewed;
                block.add(cells[skewed], 1);
            }
            block.end(sum % 5 == 0 ? 1 : 0, 1, i, i, i);
        }
        return block;
    }

    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public long examples() {
        trainer.learn(blocks[next++ % BLOCKS]);
        return trainer.examples();
    }
}
