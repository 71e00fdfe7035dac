package io.millrace.kernel;

/// The arithmetic of dense layers. [ScalarDense] is the definition; any other gives the same bits.
///
/// - **Shape**: activations of a mini-batch lie in panels of [#PANEL] rows: neuron after neuron, of
///   each its rows side by side ([#at]). Weights lie in panels of [#PANEL] columns, the outputs: input
///   after input, of each its outputs side by side. Both leave room for as many neurons as [#padded]
///   says.
/// - **Order of a sum**: one product after the other, added by `Math.fma`, from the bias on. A register
///   holds several rows or several columns, never parts of one sum, so its width changes no bit, nor
///   does it matter how many rows come at a time.
public sealed interface Dense permits ScalarDense {
    /// Neurons that a layer has room for a multiple of: the floats of the widest register.
    int PAD = 16;

    /// Rows, or columns, of a panel.
    int PANEL = 32;

    /// `n` neurons and what they are padded by.
    static int padded(int n) {
        return (n + PAD - 1) / PAD * PAD;
    }

    /// How many panels hold `n`.
    static int panels(int n) {
        return (n + PANEL - 1) / PANEL;
    }

    /// Floats of the panels of `n` rows of neurons, or of the weights of `n` outputs by inputs.
    static int floats(int n, int neurons) {
        return panels(n) * PANEL * padded(neurons);
    }

    /// Where a neuron of a row stands, or the weight of an output by an input.
    static int at(int row, int neuron, int neurons) {
        return (row / PANEL * padded(neurons) + neuron) * PANEL + row % PANEL;
    }

    /// Floats from row to row where rows lie one after the other: not a power of two, as all of them
    /// would then fall into few sets of the cache.
    static int stride(int columns) {
        return columns % 128 == 0 ? columns + PAD : columns;
    }

    /// `y[r][c] = start[c] + Σ_k x[r][k] w[k][c]`, in the order of k, of the rows `from` to `to`. Rows
    /// next to them in their panels may become the same of what they have.
    ///
    /// @param depth numbers k
    /// @param columns numbers c; what pads them is computed like them
    /// @param start as many as `columns` padded
    void layer(int from, int to, int depth, int columns, float[] x, float[] w, float[] start, float[] y);

    /// The same of one row whose x and y lie side by side.
    ///
    /// @param at where its x begin
    /// @param to where its y do, with room for those of whole panels
    void row(int depth, int columns, float[] x, int at, float[] w, float[] start, float[] y, int to);

    /// `dx[r][k] = Σ_c dy[r][c] w[k][c]`, in the order of c, of the first rows. The others of their
    /// panels may become anything.
    void back(int rows, int depth, int columns, float[] dy, float[] w, float[] dx);

    /// `g[k][c] = Σ_r x[r][k] dy[r][c]`, in the order of r; below, as row `depth`, `Σ_r dy[r][c]`.
    ///
    /// @param dy in panels of columns: row after row, of each its columns side by side, with room for
    ///     whole panels of rows
    /// @param g its rows, of as many floats as `columns` padded, begin at `to`
    void outer(int rows, int depth, int columns, float[] x, float[] dy, float[] g, int to);

    /// `into[to + c * ldt + r] = from[at + r * ld + c]`.
    ///
    /// @param rows a multiple of [#PAD], as `columns` is
    void transpose(int rows, int columns, float[] from, int at, int ld, float[] into, int to, int ldt);

    /// Packs a row-major matrix whose floats are `each` apart, its rows as many floats as `columns`
    /// padded.
    ///
    /// @param at where the first is
    /// @param packed what pads it stays as it is
    void pack(float[] from, int at, int each, int depth, int columns, float[] packed);

    /// y = f(z) of the floats `from` to `to`, a multiple of [#PAD] apart.
    void activate(Activation f, float[] z, float[] y, int from, int to);

    /// dy ← dy · f'(z), likewise.
    void slopes(Activation f, float[] z, float[] y, float[] dy, int from, int to);
}
