package io.millrace.model;

import io.millrace.learn.Cells;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Finding what a delta carries after a few thousand features of a table were touched. Run it by hand:
/// `org.openjdk.jmh.Main CutBenchmark`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class CutBenchmark {
    @Param({"18", "22", "26"})
    public int bits;

    @Param({"4000"})
    public int touched;

    private Cells cells = new Cells(1, 1);
    private Changes changes = new Changes(1, 1);
    private int[] indices = {};
    private float step;
    private int found;

    @Setup(Level.Trial)
    public void table() {
        cells = new Cells(bits, 1);
        changes = new Changes(bits, 1);
        indices = new Random(1).ints(touched, 0, 1 << bits).toArray();
        delta();
    }

    @Benchmark
    public int delta() {
        step++;
        for (var index : indices) {
            cells.data[index] = step;
            cells.rewrite(index / Cells.PAGE);
        }
        found = 0;
        changes.collect(cells, false, (some, weights, n) -> found += n);
        changes.publish(cells);
        return found;
    }
}
