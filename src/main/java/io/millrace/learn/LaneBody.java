package io.millrace.learn;

import io.millrace.kernel.Entries;

/// What computes with the cells of [BatchLanes]. One thread.
///
/// - **Shape**: margins and slopes of row `r` stand from `r * LaneStep.MOST` on, those of lane `l` at `l`.
interface LaneBody extends AutoCloseable {
    /// Takes the cells over, which were written from outside.
    void load();

    /// Brings into the cells what steps have moved since the last call.
    void store();

    /// The margins of the rows `from` to `to` in all lanes, as the weights are.
    void margins(Pending rows, int from, int to, float[] into);

    /// The margins of a row that nobody learns from, as the row behind the last of a mini-batch.
    void margins(Entries row, float[] into);

    /// Begins the steps of a mini-batch.
    ///
    /// @param slopes of the mean loss by the margins of the first `n` rows
    void begin(float[] slopes, int n);

    /// Moves the weights of one lane, all of those that are named or none.
    ///
    /// @param named the entries that it learns from
    /// @param again whether they are those of the step before
    /// @param t number of the last example
    /// @return false, and nothing changed, where a weight would not be finite
    boolean step(int lane, ByFeature named, boolean again, long t);

    /// What manifests call what computes.
    String kernel();

    /// What it computes on.
    String deviceName();

    @Override
    void close();
}
