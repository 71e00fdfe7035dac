package io.millrace.kernel;

/// The inner loops of gradient descent. [ScalarKernel] is the definition; any other kernel gives the same
/// bits or states its tolerance.
///
/// - **Shape**: entry `j` of a row ([Entries]) has the weight `cells[row.index(j) * stride]` and the value
///   `row.value(j)`.
/// - **Order of a sum**: rows of at most [#SHORT] entries in their order; in longer ones entry `j` joins partial
///   sum `j mod 16`, and the sixteen sums are folded in halves: `k` and `k + 8`, then `k + 4`, `k + 2`,
///   `k + 1`. Every product is added by `Math.fma`.
/// - **Hardware**: `Math.fma` rounds alike everywhere, but a CPU without the instruction falls back to
///   `BigDecimal`, correct and some hundred times slower.
public sealed interface Kernel permits ScalarKernel {
    /// The most entries that are summed in order.
    int SHORT = 32;

    /// The largest |gradient · x| of a step.
    float MOST = 1e9f;

    /// What a manifest calls this kernel.
    String name();

    /// The same for models side by side in lanes.
    LaneKernel lanes();

    /// The dot product of a row and its weights.
    float dot(float[] cells, int stride, Entries row);

    /// The dot product of the first `n` floats: the same bits as above for weights that were gathered into `w`.
    float dot(float[] w, float[] x, int n);

    /// Adds `scale * x` to the weights of a row, all of them or none.
    ///
    /// @return false, and nothing changed, where `|w| + n * |scale * x|` of any entry is beyond half of
    ///     `Float.MAX_VALUE` or no number: a bound that holds also where all entries share one index
    boolean addScaled(float[] cells, int stride, Entries row, float scale);

    /// Whether every |gradient · x| of a row is at most [#MOST]: then no step below leaves what is finite,
    /// however many there are.
    boolean bounded(Entries row, float gradient);

    /// The proximal step of `l1 · |w| + l2 / 2 · w²` for every entry: `w ← sign(w) max(0, |w| - l1) / (1 + l2)`.
    void shrink(float[] cells, int stride, Entries row, float l1, float l2);

    /// Cells of w, v: `v ← mu v + scale x; w ← w + v`, or with Nesterov's look ahead `w ← w + mu v + scale x`. A v
    /// below 2^-120 is 0.
    void momentum(float[] cells, Entries row, float scale, float mu, boolean nesterov);

    /// Cells of w, G, with g = gradient · x: `G ← keep G + take g²; r = rate / (√G + epsilon); w ← w - r g`,
    /// then [#shrink] by `r l1` and `r l2`. An entry whose G is 0 stays as it is.
    void adaptive(
            float[] cells,
            Entries row,
            float gradient,
            float rate,
            float keep,
            float take,
            float epsilon,
            float l1,
            float l2);

    /// Cells of w, m, v, with g = gradient · x: `m ← beta1 m + (1 - beta1) g; v ← beta2 v + (1 - beta2) g²;
    /// w ← w - alpha m / (√v + epsilon)`. An m or v below 2^-120 is 0. An entry whose divisor is 0 keeps w.
    void adam(float[] cells, Entries row, float gradient, float alpha, float beta1, float beta2, float epsilon);

    /// Cells of w, z, n, with g = gradient · x: `z ← z + g - (√(n + g²) - √n) / alpha · w; n ← n + g²; w = 0`
    /// where `|z| ≤ l1`, else `-(z - sign(z) l1) / ((beta + √n) / alpha + l2)`, and 0 where that divides by 0.
    void ftrl(float[] cells, Entries row, float gradient, float alpha, float beta, float l1, float l2);

    /// Cells of w, G, s: where |x| > s, `w ← w s / |x|; s ← |x|`; then `G ← G + square x²`. Entries of value
    /// 0 are left out.
    ///
    /// @param sums becomes Σ x² / s² and Σ x² / (√G s)
    void normalize(float[] cells, Entries row, float square, double[] sums);

    /// Cells of w, G, s: `w ← w + scale x / (√G s)`. Entries of value 0 are left out.
    void addNormalized(float[] cells, Entries row, float scale);

    /// The arithmetic of dense layers that goes with it.
    Dense dense();

    /// The definition.
    static Kernel scalar() {
        return ScalarKernel.INSTANCE;
    }

    /// In vector registers: the same bits. One a thread.
    ///
    /// @throws IllegalStateException if this JVM was started without the module that it needs
    static Kernel simd() {
        if (!KernelChoice.hasVectors()) {
            throw new IllegalStateException("the kernel simd needs the module " + KernelChoice.MODULE
                    + ": expected the JVM option --add-modules=" + KernelChoice.MODULE);
        }
        return new SimdKernel();
    }
}
