package io.millrace.kernel;

/// One step of all that a mini-batch moves, on a device: what [Kernel] does to a row, to parameters and slopes that the
/// device holds. The formulas are those of the methods of the same name there, with a gradient of 1.
public interface DeviceStep {
    /// Gives features that have none an embedding to begin with; [#forget] takes it back.
    void begin();

    /// The same where a parameter has a z, which has the value for its weight: `-(w divisor + sign(w) l1)`.
    void begin(float divisor, float l1);

    /// Whether every |slope| is at most [Kernel#MOST].
    boolean bounded();

    /// Takes back what [#begin] gave.
    void forget();

    /// @return false, and nothing changed, where a weight could leave what is finite
    boolean addScaled(float scale);

    void shrink(float l1, float l2);

    void momentum(float scale, float mu, boolean nesterov);

    void adaptive(float rate, float keep, float take, float epsilon, float l1, float l2);

    void adam(float alpha, float beta1, float beta2, float epsilon);

    void ftrl(float alpha, float beta, float l1, float l2);
}
