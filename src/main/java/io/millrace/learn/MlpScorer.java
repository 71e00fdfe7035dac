package io.millrace.learn;

import io.millrace.kernel.Embeddings;
import io.millrace.kernel.Entries;
import io.millrace.kernel.KernelChoice;
import org.jspecify.annotations.Nullable;

/// The margins of [Mlp]: gathers a row's embeddings, and keeps the dense layers of the weights that it was given last.
final class MlpScorer implements Scorer {
    private final Network network;
    private final int width;
    private final int outputs;
    /// The cells of the dense layers.
    private final int behind;

    private final float[] dense;
    private final Gathered gathered = new Gathered();
    private float[] embeddings = {};
    private Scoring.@Nullable Weights known;

    MlpScorer(LearnConfig config) {
        var learner = config.learner().orElseThrow();
        outputs = config.outcome().outputs();
        var widths = learner.widths(outputs);
        network = new Network(KernelChoice.AUTO.kernel().dense(), widths, learner.neurons(), 1);
        width = widths[0];
        behind = Cells.behind(config.bits());
        dense = new float[(config.cells() - behind) * width];
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // weights are a version: another object is another one
    public void margins(Entries row, Scoring.Weights weights, float[] into) {
        if (weights != known) {
            load(weights);
            known = weights;
        }
        if (embeddings.length < row.n * width) {
            embeddings = new float[2 * row.n * width];
        }
        for (var j = 0; j < row.n; j++) {
            weights.copy(row.indices[row.from + j], embeddings, j * width);
        }
        Embeddings.sum(embeddings, 1, width, gathered.of(row.x, row.offset, row.n), network.input(), 0);
        network.forward(0);
        System.arraycopy(network.margins(), 0, into, 0, outputs);
    }

    private void load(Scoring.Weights weights) {
        for (var at = 0; at < dense.length; at += width) {
            weights.copy(behind + at / width, dense, at);
        }
        network.load(dense, 0, 1);
    }

    @Override
    public void contributions(int output, double[] into) {
        throw new UnsupportedOperationException("what a feature adds to the margin of an mlp is no number of its own");
    }
}
