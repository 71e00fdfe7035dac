package io.millrace.bench;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;

/// The matrix products of one mini-batch through dense layers and nothing else, by OpenBLAS in one thread, from memory
/// outside the heap: forward, slopes of all weights, slopes of every layer's input. No activations, no biases, no loss,
/// no
/// optimizer.
final class Products {
    private final int[] widths;
    private final int batch;
    private final FloatPointer[] outputs;
    private final FloatPointer[] slopes;
    private final FloatPointer[] weights;
    private final FloatPointer[] weightSlopes;

    Products(int[] widths, int batch) {
        blas_set_num_threads(1);
        this.widths = widths.clone();
        this.batch = batch;
        var random = new Random(1);
        var layers = widths.length - 1;
        outputs = new FloatPointer[layers + 1];
        slopes = new FloatPointer[layers + 1];
        weights = new FloatPointer[layers];
        weightSlopes = new FloatPointer[layers];
        for (var l = 0; l <= layers; l++) {
            outputs[l] = floats(random, batch * widths[l]);
            slopes[l] = floats(random, batch * widths[l]);
            if (l < layers) {
                weights[l] = floats(random, widths[l] * widths[l + 1]);
                weightSlopes[l] = floats(random, widths[l] * widths[l + 1]);
            }
        }
    }

    private static FloatPointer floats(Random random, int n) {
        var floats = new float[n];
        for (var k = 0; k < n; k++) {
            floats[k] = (float) random.nextGaussian() / 16;
        }
        return new FloatPointer(floats);
    }

    void take() {
        for (var l = 0; l < weights.length; l++) {
            var in = widths[l];
            var out = widths[l + 1];
            product(CblasNoTrans, CblasNoTrans, batch, out, in, outputs[l], in, weights[l], out, outputs[l + 1]);
        }
        for (var l = weights.length - 1; l >= 0; l--) {
            var in = widths[l];
            var out = widths[l + 1];
            product(CblasTrans, CblasNoTrans, in, out, batch, outputs[l], in, slopes[l + 1], out, weightSlopes[l]);
            product(CblasNoTrans, CblasTrans, batch, in, out, slopes[l + 1], out, weights[l], out, slopes[l]);
        }
    }

    /// c = a b, row by row.
    private static void product(
            int ta, int tb, int m, int n, int k, FloatPointer a, int lda, FloatPointer b, int ldb, FloatPointer c) {
        cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
    }
}
