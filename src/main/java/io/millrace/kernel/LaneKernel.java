package io.millrace.kernel;

/// The inner loops of linear models side by side in lanes. Each lane has the bits of one model of its own: what
/// [Kernel] does to a row of at most [Kernel#SHORT] entries, this does to one of any length, in every lane.
///
/// - **Shape**: as [LaneStep] says.
/// - **Order of a sum**: entries in their order, however many. So a register may hold several lanes and give the same
///   bits: nothing is ever added across it.
/// - **Active**: steps move the lanes of [LaneStep#active] alone, and leave every bit of the others.
public sealed interface LaneKernel permits ScalarLaneKernel {
    /// Margins of a row in all lanes: Σ w x, each product added by `Math.fma`.
    void margins(float[] cells, int slots, Entries row, LaneStep step);

    /// Of logistic loss: `predictions` become the sigmoids of the margins, gradients become prediction less label.
    void logistic(LaneStep step, float label, float[] predictions);

    /// Gradients become what they are times `weight`, within ± `clip`.
    ///
    /// @return the lanes whose margin and gradient are finite
    int slopes(LaneStep step, float weight, float clip);

    /// Cells of w: `w ← w - rate gradient x`. A lane in which [Kernel#addScaled] would refuse is left as it is.
    ///
    /// @return the lanes that moved
    int addScaled(float[] cells, Entries row, LaneStep step);

    /// The active lanes in which every |gradient · x| is at most [Kernel#MOST].
    int bounded(Entries row, LaneStep step);

    /// [Kernel#shrink] by `rate l1` and `rate l2`, of those active lanes that have one of them.
    void shrink(float[] cells, int slots, Entries row, LaneStep step);

    /// Cells of w, v: [Kernel#momentum].
    void momentum(float[] cells, Entries row, LaneStep step, float mu, boolean nesterov);

    /// Cells of w, G: [Kernel#adaptive].
    void adaptive(float[] cells, Entries row, LaneStep step, float keep, float take, float epsilon);

    /// Cells of w, m, v: [Kernel#adam]; the rates are its alphas.
    void adam(float[] cells, Entries row, LaneStep step, float beta1, float beta2, float epsilon);

    /// Cells of w, z, n: [Kernel#ftrl]; the rates are its alphas.
    void ftrl(float[] cells, Entries row, LaneStep step, float beta);

    /// Cells of w, G, s: [Kernel#normalize].
    ///
    /// @param squares of each lane
    /// @param norms become Σ x² / s²
    /// @param reaches become Σ x² / (√G s)
    void normalize(float[] cells, Entries row, LaneStep step, float[] squares, double[] norms, double[] reaches);

    /// Cells of w, G, s: [Kernel#addNormalized].
    ///
    /// @param scales of each lane
    void addNormalized(float[] cells, Entries row, LaneStep step, float[] scales);

    /// The sum of one lane, of weights that were gathered into `w`.
    static float dot(float[] w, float[] x, int n) {
        var sum = 0f;
        for (var j = 0; j < n; j++) {
            sum = Math.fma(w[j], x[j], sum);
        }
        return sum;
    }
}
