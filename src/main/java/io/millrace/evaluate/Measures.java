package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.List;

/// What one prediction costs, by each measure of its outcome.
///
/// | of | measures, in this order |
/// |---|---|
/// | classes | log loss, hit, Brier score (held out only) |
/// | numbers | absolute error, squared error, what the model learns by where that is another |
final class Measures {
    private final Outcome outcome;
    private final List<String> names = new ArrayList<>();

    private Measures(Outcome outcome, List<String> names) {
        this.outcome = outcome;
        this.names.addAll(names);
        if (outcome.own() != null) {
            this.names.add(outcome.own().loss().word());
        }
    }

    static Measures progressive(Outcome outcome) {
        return new Measures(outcome, outcome.ofClasses() ? List.of("log-loss", "accuracy") : List.of("mae", "rmse"));
    }

    static Measures heldOut(Outcome outcome) {
        return new Measures(
                outcome, outcome.ofClasses() ? List.of("log-loss", "accuracy", "brier") : List.of("mae", "rmse"));
    }

    int count() {
        return names.size();
    }

    String name(int measure) {
        return names.get(measure);
    }

    /// Whether the metric is the root of the mean, not the mean itself.
    boolean isRoot(int measure) {
        return !outcome.ofClasses() && measure == 1;
    }

    /// The metric of a mean.
    double metric(int measure, double mean) {
        return isRoot(measure) ? Math.sqrt(mean) : mean;
    }

    /// @param predictions as [Outcome] says
    /// @param at where the prediction begins
    /// @param label as [Outcome] says
    /// @param into becomes a cost each
    void of(float[] predictions, int at, float label, double[] into) {
        if (!outcome.isMulticlass()) {
            of(predictions[at], label, into);
            return;
        }
        var came = (int) label;
        into[0] = Losses.log(predictions[at + came]);
        into[1] = Outcome.likeliest(predictions, at, outcome.outputs()) == came ? 1 : 0;
        if (count() > 2) {
            into[2] = Losses.brier(predictions, at, outcome.outputs(), came);
        }
    }

    /// The same for a prediction that is one number.
    void of(double prediction, float label, double[] into) {
        if (outcome.ofClasses()) {
            var one = label == 1;
            into[0] = Losses.log(prediction, one);
            into[1] = Losses.hit(prediction, one);
            if (count() > 2) {
                into[2] = Losses.brier(prediction, one);
            }
        } else {
            var error = prediction - label;
            into[0] = Math.abs(error);
            into[1] = error * error;
            if (outcome.own() != null) {
                into[2] = outcome.own().of(prediction, label);
            }
        }
    }
}
