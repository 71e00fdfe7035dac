package io.millrace.learn;

import io.millrace.kernel.Activation;
import io.millrace.kernel.KernelChoice;
import java.util.Random;
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

/// Mini-batches a second: load the weights, forward, backward to all weights and to the input, ReLU; no optimizer.
/// One thread. Run it by hand: `org.openjdk.jmh.Main NetworkBenchmark`; `src/bench/mlp.py` makes GFLOP/s of it beside
/// numpy and scikit-learn.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class NetworkBenchmark {
    @Param({"64-128-64-1", "256-512-256-10"})
    public String widths;

    @Param({"32", "256"})
    public int batch;

    @Param({"SIMD"})
    public KernelChoice kernel;

    private Network network = new Network(KernelChoice.SCALAR.kernel().dense(), new int[] {1, 1}, Activation.RELU, 1);
    private float[] parameters = {};
    private float[] slopes = {};

    /// Weights, inputs and slopes at random.
    @Setup
    public void begin() {
        var all = java.util.Arrays.stream(widths.split("-", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        network = new Network(kernel.kernel().dense(), all, Activation.RELU, batch);
        parameters = new float[(int) Network.parameters(all)];
        slopes = new float[parameters.length];
        Network.begin(all, Activation.RELU, Uniform.seed(1), parameters);
        var random = new Random(1);
        for (var r = 0; r < batch; r++) {
            for (var k = 0; k < all[0]; k++) {
                network.input()[r * network.inputStride() + k] = (float) random.nextGaussian();
            }
            for (var c = 0; c < all[all.length - 1]; c++) {
                network.marginSlopes()[r * network.marginStride() + c] = (float) random.nextGaussian();
            }
        }
    }

    /// @return something that depends on all of it
    @Benchmark
    public float step() {
        network.load(parameters, 0, 1);
        network.forward(0, batch);
        network.backward(batch, slopes);
        return slopes[0] + network.inputSlopes()[0];
    }
}
