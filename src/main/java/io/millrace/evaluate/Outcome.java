package io.millrace.evaluate;

import org.jspecify.annotations.Nullable;

/// What is predicted, and so what a prediction is.
///
/// | outcome | label | prediction |
/// |---|---|---|
/// | a number | a finite float | one number: the value |
/// | one of two classes | 0 or 1 | one number: the probability of label 1 |
/// | one of several classes | 0 to classes - 1 | a probability for each class, in their order |
///
/// @param ofClasses whether labels are classes
/// @param outputs numbers a prediction
/// @param own what the model learns by, where that is no metric of every such model; else null
public record Outcome(
        boolean ofClasses, int outputs, @Nullable Cost own) {
    public static final Outcome NUMBER = new Outcome(false, 1, null);
    public static final Outcome BINARY = new Outcome(true, 1, null);

    /// A number that is learned by a loss of its own, which is a metric then.
    public static Outcome number(Cost own) {
        return new Outcome(false, 1, own);
    }

    /// One of several classes.
    ///
    /// @param n of them, 2 or more
    public static Outcome classes(int n) {
        if (n < 2) {
            throw new IllegalArgumentException("classes = " + n + " is out of range: expected 2 or more");
        }
        return new Outcome(true, n, null);
    }

    /// Whether a prediction has a probability for each class.
    public boolean isMulticlass() {
        return outputs > 1;
    }

    /// What the loss is called that progress and held-out metrics tell first.
    public String metric() {
        return cost().loss().word();
    }

    /// What versions are compared by unless a spec says otherwise.
    public Cost cost() {
        return own != null ? own : new Cost(ofClasses ? PointLoss.LOG_LOSS : PointLoss.RMSE);
    }

    /// Whether predictions of both are the same kind of thing, whatever each is learned by.
    public boolean isLike(Outcome other) {
        return ofClasses == other.ofClasses && outputs == other.outputs;
    }

    /// How people call such predictions.
    public String word() {
        return isMulticlass() ? "probabilities of " + outputs + " classes" : ofClasses ? "probabilities" : "numbers";
    }

    public Progress progress() {
        return ofClasses && !isMulticlass() ? new ClassificationProgress() : new MeasuredProgress(this);
    }

    public HeldOut heldOut() {
        return new HeldOut(this);
    }

    /// The class that a prediction gives the greatest probability, the first of them where there are several.
    ///
    /// @param at where the prediction begins
    public static int likeliest(float[] predictions, int at, int outputs) {
        var best = 0;
        for (var k = 1; k < outputs; k++) {
            best = predictions[at + k] > predictions[at + best] ? k : best;
        }
        return best;
    }
}
