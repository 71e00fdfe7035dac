package io.millrace.learn;

import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Microseconds a mini-batch of [LayersStep], without and with an optimizer. One thread. Run it by hand:
/// `org.openjdk.jmh.Main NetworkBenchmark`; `src/bench/speed.py` has the same beside other libraries.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class NetworkBenchmark {
    @Param({"64-128-64-1", "256-512-256-10"})
    public String widths;

    @Param({"32", "256"})
    public int batch;

    @Param({"NONE", "SGD", "ADAGRAD", "ADAM"})
    public String optimizer;

    @Param({"SIMD"})
    public KernelChoice kernel;

    private LayersStep step = make("1-1", 1, "NONE", KernelChoice.SCALAR);

    private static LayersStep make(String widths, int batch, String optimizer, KernelChoice kernel) {
        var all =
                Arrays.stream(widths.split("-", -1)).mapToInt(Integer::parseInt).toArray();
        var kind = Optional.of(optimizer).filter(name -> !name.equals("NONE")).map(OptimizerKind::valueOf);
        return new LayersStep(kernel.kernel(), all, batch, kind);
    }

    /// Weights, inputs and labels at random.
    @Setup
    public void begin() {
        step = make(widths, batch, optimizer, kernel);
    }

    /// @return something that depends on all of it
    @Benchmark
    public float step() {
        return step.take();
    }
}
