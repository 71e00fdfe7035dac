package io.millrace.kernel;

/// One example as each lane sees it: what its models predict of it, and how far each may go. Used again and again.
///
/// - **Shape**: up to [#MOST] lanes side by side; lane `l` has element `l` of every array and bit `l` of every set of
///   lanes. What stands beyond the last lane is of no account.
/// - **Cells**: slot `k` (of `slots` a feature: the weight, then what the optimizer remembers) of lane `l` and entry
/// `j`
///   stands at `cells[(row.index(j) * slots + k) * lanes + l]`: a register holds a slot of many lanes, and a feature
///   of sixteen lanes costs little more memory traffic than one of one. Behind the last cell there are [#MOST]
///   floats more.
public final class LaneStep {
    /// Most lanes: the floats of the widest register, and of a cache line.
    public static final int MOST = 16;

    public final int lanes;
    public final float[] margins = new float[MOST];
    /// dℓ/dm times the example's weight, once they are clipped.
    public final float[] gradients = new float[MOST];
    /// Learning rates of this example.
    public final float[] rates = new float[MOST];
    /// Regularisation, in units of the rate.
    public final float[] l1 = new float[MOST];

    public final float[] l2 = new float[MOST];
    /// The lanes that take the step.
    public int active;

    /// @param lanes 1 to [#MOST]
    public LaneStep(int lanes) {
        this.lanes = lanes;
    }

    /// The set of all lanes.
    public int all() {
        return (1 << lanes) - 1;
    }

    boolean isActive(int lane) {
        return (active >>> lane & 1) != 0;
    }
}
