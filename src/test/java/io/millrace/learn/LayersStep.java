package io.millrace.learn;

import io.millrace.kernel.Activation;
import io.millrace.kernel.Kernel;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/// One mini-batch after the other through dense layers with an optimizer, as the multilayer perceptron takes them but
/// from dense inputs: load the parameters, forward, slopes of the loss by the margins, back to every weight and to the
/// input, one step of the optimizer. ReLU; the logistic loss of one margin, softmax of more.
public final class LayersStep {
    private static final double RATE = 1e-3;

    private final int[] widths;
    private final int batch;
    private final Kernel kernel;
    private final Network network;
    private final Loss loss;
    private final Optional<Optimizer> optimizer;
    private final float[] cells;
    private final int each;
    private final Row row = new Row();
    private final float[] slopes;
    private final float[] labels;
    private final float[] margins;
    private final float[] gradients;

    /// @param widths inputs, neurons of each hidden layer, margins
    /// @param optimizer none leaves its step out
    public LayersStep(Kernel kernel, int[] widths, int batch, Optional<OptimizerKind> optimizer) {
        this.kernel = kernel;
        this.widths = widths.clone();
        this.batch = batch;
        var outputs = widths[widths.length - 1];
        network = new Network(kernel.dense(), widths, Activation.RELU, batch);
        loss = outputs == 1 ? new LogisticLoss() : new SoftmaxLoss(outputs);
        this.optimizer = optimizer.map(kind -> Optimizer.of(new OptimizerConfig(kind, RATE, 0)));
        each = this.optimizer.map(Optimizer::stride).orElse(1);
        var n = (int) Network.parameters(widths);
        slopes = new float[n];
        cells = new float[n * each];
        var begin = new float[n];
        Network.begin(widths, Activation.RELU, Uniform.seed(1), begin);
        for (var k = 0; k < n; k++) {
            cells[k * each] = begin[k];
        }
        var numbers = new int[n];
        Arrays.setAll(numbers, k -> k);
        row.entries.of(numbers, 0, slopes, 0, n).distinct(n, 1);
        row.weight = 1;
        labels = new float[batch];
        margins = new float[outputs];
        gradients = new float[outputs];
        inputs(new Random(1));
    }

    private void inputs(Random random) {
        for (var r = 0; r < batch; r++) {
            for (var k = 0; k < widths[0]; k++) {
                network.input()[r * network.inputStride() + k] = (float) random.nextGaussian();
            }
            labels[r] = random.nextInt(Math.max(2, margins.length));
        }
    }

    /// Of one step: three products a layer, the slopes of its input among them.
    public static long flops(int[] widths, int batch) {
        var products = 0L;
        for (var l = 0; l < widths.length - 1; l++) {
            products += (long) widths[l] * widths[l + 1];
        }
        return 6 * products * batch;
    }

    /// Takes one.
    ///
    /// @return something that depends on all of it
    public float take() {
        network.load(cells, 0, each);
        network.forward(0, batch);
        for (var r = 0; r < batch; r++) {
            var at = r * network.marginStride();
            System.arraycopy(network.margins(), at, margins, 0, margins.length);
            loss.gradient(margins, labels[r], gradients);
            for (var k = 0; k < gradients.length; k++) {
                network.marginSlopes()[at + k] = gradients[k] / batch;
            }
        }
        network.backward(batch, slopes);
        row.t++;
        optimizer.ifPresent(it -> it.step(kernel, cells, row, Softmax.STRAIGHT, 1));
        return slopes[0] + cells[0] + network.inputSlopes()[0];
    }
}
