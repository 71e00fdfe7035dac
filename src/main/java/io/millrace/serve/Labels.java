package io.millrace.serve;

import io.millrace.model.Predictor;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/// What class a prediction says, as people named it.
///
/// @param names of the classes in their order; none where they are 0 and 1, or labels are numbers
record Labels(Predictor predictor, List<String> names) {
    /// A name that JSON has a number for.
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,14})");

    /// Writes `predicted_label`, where labels are classes.
    ///
    /// @param at where the prediction begins
    void write(float[] predictions, int at, JsonGenerator json) {
        var said = predictor.said(predictions, at);
        if (said < 0) {
            return;
        }
        if (names.isEmpty()) {
            json.writeNumberProperty("predicted_label", said);
        } else if (WHOLE.matcher(names.get(said)).matches()) {
            json.writeNumberProperty("predicted_label", Long.parseLong(names.get(said)));
        } else {
            json.writeStringProperty("predicted_label", names.get(said));
        }
    }
}
