package io.millrace.kernel;

/// The inner loops of gradient descent. [ScalarKernel] is the definition; any other kernel gives the same bits or
/// states its tolerance.
///
/// - **Shape**: a row is `n` entries: entry `j` has the weight `cells[indices[from + j] * stride]` and the value
///   `x[offset + j]`. An index may occur twice in a row. The caller has checked every index: the loops trust them.
/// - **Order of a sum**: rows of at most [#SHORT] entries in their order; in longer ones entry `j` joins partial sum
///   `j mod 16`, and the sixteen sums are folded in halves: `k` and `k + 8`, then `k + 4`, `k + 2`, `k + 1`. Every
///   product is added by `Math.fma`.
/// - **Hardware**: `Math.fma` rounds alike everywhere, but a CPU without the instruction falls back to `BigDecimal`,
///   correct and some hundred times slower.
public sealed interface Kernel permits ScalarKernel {
    /// The most entries that are summed in order.
    int SHORT = 32;

    /// What a manifest calls this kernel.
    String name();

    /// The dot product of a row and its weights.
    float dot(float[] cells, int stride, int[] indices, int from, float[] x, int offset, int n);

    /// The dot product of the first `n` floats: the same bits as above for weights that were gathered into `w`.
    float dot(float[] w, float[] x, int n);

    /// Adds `scale * x` to the weights of a row, all of them or none.
    ///
    /// @return false, and nothing changed, where `|w| + n * |scale * x|` of any entry is beyond half of
    ///     `Float.MAX_VALUE` or no number: a bound that holds also where all entries share one index
    boolean addScaled(float[] cells, int stride, int[] indices, int from, float scale, float[] x, int offset, int n);

    /// The definition.
    static Kernel scalar() {
        return ScalarKernel.INSTANCE;
    }
}
