package io.millrace.kernel;

/// The entries of one row where they lie, used again and again: entry `j` of `n` has the cell
/// `indices[from + j]` and the value `x[offset + j]`.
///
/// An index may occur twice in a row, unless [#distinct] has said otherwise. Whoever fills it in has checked every
/// index: the loops trust them.
public final class Entries {
    static final int MOST_RUN = 256;

    public int[] indices = {};
    public int from;
    public float[] x = {};
    public int offset;
    public int n;
    /// Whether no index occurs twice. The first `together` follow one another, as do those of every `run` behind.
    boolean distinct;

    int together;
    int run;
    /// What weights were before a step.
    float[] before = {};

    /// Says where the entries of another row lie.
    ///
    /// @return this
    public Entries of(int[] indices, int from, float[] x, int offset, int n) {
        this.indices = indices;
        this.from = from;
        this.x = x;
        this.offset = offset;
        this.n = n;
        distinct = false;
        return this;
    }

    /// Says that no index of this row occurs twice, so that its entries may be computed side by side.
    ///
    /// @param together how many of the first indices follow one another: `i`, `i + 1` …; at most `n`
    /// @param run 1 to [#MOST_RUN]: those behind them come in runs of so many that follow one another
    /// @return this
    /// @throws IllegalArgumentException if they can't be as many, or in whole runs
    public Entries distinct(int together, int run) {
        if (together < 0 || together > n || run < 1 || run > MOST_RUN || (n - together) % run != 0) {
            throw new IllegalArgumentException(
                    "together = " + together + ", run = " + run + ": expected at most " + n + ", and whole runs");
        }
        distinct = true;
        this.together = together;
        this.run = run;
        return this;
    }

    /// Room for a float an entry.
    float[] before() {
        if (before.length < n) {
            before = new float[2 * n];
        }
        return before;
    }

    int index(int j) {
        return indices[from + j];
    }

    float value(int j) {
        return x[offset + j];
    }
}
