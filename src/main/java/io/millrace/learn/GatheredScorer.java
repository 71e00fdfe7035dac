package io.millrace.learn;

import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;

/// Gathers the parameters of a row's features, which are all that its margins are made of.
final class GatheredScorer implements Scorer {
    private final Kernel kernel = Kernel.scalar();
    private final Learner learner;
    private final int parameters;
    private float[] w = {};
    private float[] x = {};
    private int n;

    GatheredScorer(LearnConfig config) {
        learner = Learner.of(config);
        parameters = config.parameters();
    }

    @Override
    public void margins(Entries row, Scoring.Weights weights, float[] into) {
        n = row.n;
        if (x.length < n) {
            w = new float[2 * n * parameters];
            x = new float[2 * n];
        }
        for (var j = 0; j < n; j++) {
            weights.copy(row.indices[row.from + j], w, j * parameters);
        }
        System.arraycopy(row.x, row.offset, x, 0, n);
        learner.gathered(kernel, w, x, n, into);
    }

    @Override
    public void contributions(int output, double[] into) {
        learner.contributions(w, x, n, output, into);
    }
}
