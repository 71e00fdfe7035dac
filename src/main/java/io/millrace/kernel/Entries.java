package io.millrace.kernel;

/// The entries of one row where they lie, used again and again: entry `j` of `n` has the cell
/// `indices[from + j]` and the value `x[offset + j]`.
///
/// An index may occur twice in a row. Whoever fills it in has checked every index: the loops trust them.
public final class Entries {
    public int[] indices = {};
    public int from;
    public float[] x = {};
    public int offset;
    public int n;

    /// Says where the entries of another row lie.
    ///
    /// @return this
    public Entries of(int[] indices, int from, float[] x, int offset, int n) {
        this.indices = indices;
        this.from = from;
        this.x = x;
        this.offset = offset;
        this.n = n;
        return this;
    }

    int index(int j) {
        return indices[from + j];
    }

    float value(int j) {
        return x[offset + j];
    }
}
