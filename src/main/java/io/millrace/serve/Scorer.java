package io.millrace.serve;

import io.millrace.event.BadEvent;
import io.millrace.event.Row;
import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.spec.Spec;
import java.util.List;

/// Predicts the instances of one body after the other, under one spec. One a thread.
final class Scorer {
    /// Reasons are some hundred bytes a feature.
    static final int MOST_EXPLAINED = 1_000;

    final Spec spec;
    private final Row row;
    private final Predictor predictor;
    private final JsonInstances json;
    private final CsvInstances csv;
    private final Scores scores;
    private final Labels labels;

    Scorer(Spec spec) {
        this.spec = spec;
        var features = new FeatureFields(spec);
        row = new Row(features.fields);
        predictor = Predictor.over(spec, features.fields);
        scores = new Scores(predictor.outputs());
        labels = new Labels(predictor, spec.label().classes().orElse(List.of()));
        json = new JsonInstances(features);
        csv = new CsvInstances(features, spec.schemaText());
    }

    Labels labels() {
        return labels;
    }

    /// The predictions, until the next call.
    ///
    /// @param explained whether with reasons
    /// @throws Problem 400: names the instance, its field, the value, and what was expected
    Scores score(MediaType type, byte[] bytes, int length, Model model, boolean explained) {
        scores.clear();
        if (explained && !predictor.isExplainable()) {
            throw Problem.badRequest(
                    "Bad query",
                    "explain = true does not go with learn.learner.kind = mlp: expected linear or factorization-machine,"
                            + " where each feature adds a number of its own");
        }
        var instances = type == MediaType.JSON ? json : csv;
        try {
            instances.read(
                    bytes,
                    length,
                    row,
                    explained ? () -> explain(model) : () -> scores.add(predictor.predict(row, model)));
        } catch (BadEvent e) {
            throw Problem.badRequest("Bad instance", "instances[" + scores.size + "]: " + e.getMessage());
        }
        return scores;
    }

    private void explain(Model model) {
        if (scores.size == MOST_EXPLAINED) {
            throw Problem.badRequest(
                    "Too many instances",
                    "the body has more than " + MOST_EXPLAINED
                            + " instances: expected at most so many with explain = true");
        }
        scores.add(predictor.explain(row, model));
    }
}
