package io.millrace.model;

import io.millrace.evaluate.Outcome;
import io.millrace.evaluate.Progress;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.learn.Scoring;
import io.millrace.spec.Spec;
import java.util.LinkedHashMap;

/// Scores rows with a version: the split's own features, the version's own scalers, the trainer's own
/// arithmetic, so that a prediction here has the bits of the trainer's prediction at that version. One a
/// thread.
public final class Predictor {
    private final FeatureEncoder encoder;
    private final Scoring scoring;
    private final Examples example;
    private final Outcome outcome;
    private final boolean explainable;

    /// For rows of [Spec#fields].
    public Predictor(Spec spec) {
        this(spec, spec.fields());
    }

    private Predictor(Spec spec, Fields fields) {
        var numbers = spec.numbers();
        encoder = new FeatureEncoder(spec.features(), fields, spec.learn().bits(), spec.timeUnit());
        scoring = new Scoring(spec.learn(), numbers);
        example = new Examples(numbers.size());
        outcome = spec.learn().outcome();
        explainable = spec.learn().isExplainable();
    }

    /// For rows of `fields`, which has at least those that features read.
    public static Predictor over(Spec spec, Fields fields) {
        return new Predictor(spec, fields);
    }

    /// Whether a prediction can be told feature by feature.
    public boolean isExplainable() {
        return explainable;
    }

    /// Numbers a prediction.
    public int outputs() {
        return outcome.outputs();
    }

    /// The class that a prediction says, as the progressive accuracy counts it; -1 where labels are numbers.
    ///
    /// @param predictions as [Outcome] says
    /// @param at where the prediction begins
    public int said(float[] predictions, int at) {
        if (!outcome.ofClasses()) {
            return -1;
        }
        return outcome.isMulticlass()
                ? Outcome.likeliest(predictions, at, outcome.outputs())
                : predictions[at] >= Progress.POSITIVE ? 1 : 0;
    }

    /// The prediction, as [Outcome] says; the array is used again. Always finite.
    ///
    /// @throws io.millrace.event.BadEvent if a feature's value can't be used
    public float[] predict(Row row, Model model) {
        encode(row);
        return scoring.predict(example, 0, model, model.manifest().getScalers());
    }

    /// The same prediction, and what each feature adds to its margin, by the name of the feature.
    ///
    /// @throws io.millrace.event.BadEvent if a feature's value can't be used
    public Reasons explain(Row row, Model model) {
        encode(row);
        var explanation = scoring.explain(example, 0, model, model.manifest().getScalers());
        var byName = new LinkedHashMap<String, Double>();
        var names = encoder.names(row);
        for (var j = 0; j < names.size(); j++) {
            byName.merge(names.get(j), explanation.contributions()[j], Double::sum);
        }
        return new Reasons(explanation.prediction(), explanation.margin(), byName);
    }

    private void encode(Row row) {
        example.clear();
        example.begin();
        encoder.encode(row, example);
        example.end(0, 1, 0, 0, 0);
    }
}
