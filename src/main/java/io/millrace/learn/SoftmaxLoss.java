package io.millrace.learn;

import io.millrace.evaluate.Outcome;
import io.millrace.kernel.Exp;

/// ℓ = -ln p_y with p_k = e^m_k / Σ e^m; dℓ/dm_k = p_k - [k = y].
///
/// - **Range**: the greatest margin is taken off all of them first, so that nothing overflows; a margin that is no
///   number counts as the greatest.
/// - **Source**: Bishop, *Pattern Recognition and Machine Learning*, 2006, equations 4.104 and 4.109.
final class SoftmaxLoss implements Loss {
    private final Outcome outcome;

    SoftmaxLoss(int classes) {
        outcome = Outcome.classes(classes);
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public void predict(float[] margins, float[] into) {
        var n = outcome.outputs();
        var most = Float.NEGATIVE_INFINITY;
        for (var k = 0; k < n; k++) {
            most = margins[k] > most ? margins[k] : most;
        }
        var sum = 0f;
        for (var k = 0; k < n; k++) {
            into[k] = Exp.exp(margins[k] - most);
            sum += into[k];
        }
        for (var k = 0; k < n; k++) {
            into[k] /= sum;
        }
    }

    @Override
    public void gradient(float[] margins, float label, float[] into) {
        predict(margins, into);
        into[(int) label] -= 1;
    }

    @Override
    public void gradient(float[] margins, float[] predictions, float label, float[] into) {
        System.arraycopy(predictions, 0, into, 0, outcome.outputs());
        into[(int) label] -= 1;
    }

    @Override
    public boolean accepts(float label) {
        return label >= 0 && label < outcome.outputs() && label == (int) label;
    }
}
