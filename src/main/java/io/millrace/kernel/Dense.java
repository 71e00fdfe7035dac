package io.millrace.kernel;

/// The arithmetic of dense layers. [ScalarDense] is the definition; any other gives the same bits.
///
/// - **Shape**: row-major floats; columns are a multiple of [#PAD], the superfluous ones with weights of 0. A matrix of
///   weights is packed in panels of [#PANEL] columns (the last may have 16), row after row each: [#pack].
/// - **Order of a sum**: one product after the other, added by `Math.fma`, from the bias on. A register holds
///   several columns, never parts of one sum, so its width changes no bit, nor does it matter how many rows come at a
///   time.
public sealed interface Dense permits ScalarDense {
    /// Columns that a matrix has a multiple of: the floats of the widest register.
    int PAD = 16;

    /// Columns of a panel.
    int PANEL = 32;

    /// `n` columns and what they are padded by.
    static int padded(int n) {
        return (n + PAD - 1) / PAD * PAD;
    }

    /// Floats from row to row of an array of activations: not a power of two, as all of its rows would then fall into
    /// few sets of the cache.
    static int stride(int columns) {
        return columns % 128 == 0 ? columns + PAD : columns;
    }

    /// `y[r][c] = start[c] + Σ_k x[r][k] w[k][c]`, in the order of k.
    ///
    /// @param depth numbers k
    /// @param columns numbers c, a multiple of [#PAD]
    /// @param x row `r` begins at `from + r * ldx`
    /// @param w packed
    /// @param start what sums begin with, from `startAt` on
    /// @param y row `r` begins at `to + r * ldy`
    void layer(
            int rows,
            int depth,
            int columns,
            float[] x,
            int from,
            int ldx,
            float[] w,
            float[] start,
            int startAt,
            float[] y,
            int to,
            int ldy);

    /// `g[k][c] = Σ_r x[r][k] dy[r][c]`, in the order of r; below, as row `depth`, `Σ_r dy[r][c]`.
    ///
    /// @param g its rows, of `columns` floats, begin at `to`
    void outer(int rows, int depth, int columns, float[] x, int ldx, float[] dy, int ldy, float[] g, int to);

    /// Packs a row-major matrix whose floats are `each` apart.
    ///
    /// @param at where the first is
    void pack(float[] from, int at, int each, int depth, int columns, float[] packed);

    /// Packs the transpose of a packed matrix: `used` rows of as many columns as `depth`, padded.
    ///
    /// @param used how many of its `columns` are rows of the transpose
    void transpose(float[] packed, int depth, int columns, int used, float[] transposed);

    /// y = f(z) of the floats `from` to `to`, a multiple of [#PAD] apart.
    void activate(Activation f, float[] z, float[] y, int from, int to);

    /// dy ← dy · f'(z), likewise.
    void slopes(Activation f, float[] z, float[] y, float[] dy, int from, int to);
}
