package io.millrace.learn;

import io.millrace.kernel.Entries;

/// The margins of rows by weights that live elsewhere. One a thread.
interface Scorer {
    /// @param row numbers scaled
    /// @param into becomes the margins
    void margins(Entries row, Scoring.Weights weights, float[] into);

    /// What each entry of the last row adds to one of its margins, in double.
    ///
    /// @param into becomes as many numbers as it has entries
    /// @throws UnsupportedOperationException where [LearnConfig#isExplainable] is false
    void contributions(int output, double[] into);

    static Scorer of(LearnConfig config) {
        return config.isMlp() ? new MlpScorer(config) : new GatheredScorer(config);
    }
}
