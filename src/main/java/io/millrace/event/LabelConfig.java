package io.millrace.event;

import java.util.OptionalDouble;

/// The `label:` block of a spec.
///
/// @param field the field that holds the label; absent in an event: score only
/// @param above makes a class of a number: the label is 1 where the field is greater, else 0
public record LabelConfig(String field, OptionalDouble above) {
    /// @throws IllegalArgumentException if the field has no name or `above` is not finite
    public LabelConfig {
        if (field.isBlank()) {
            throw new IllegalArgumentException("label.field is empty: expected the name of a field");
        }
        if (above.isPresent() && !(Math.abs(above.getAsDouble()) <= Row.LARGEST_NUMBER)) {
            throw new IllegalArgumentException(
                    "label.above = " + above.getAsDouble() + " is out of range: expected -1e15 to 1e15");
        }
    }
}
