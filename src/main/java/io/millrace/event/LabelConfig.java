package io.millrace.event;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// The `label:` block of a spec.
///
/// @param field the field that holds the label; absent in an event: score only
/// @param above makes a class of a number: the label is 1 where the field is greater, else 0
/// @param classes the values that the field may have; the label is the place of the value among them, from 0
public record LabelConfig(String field, OptionalDouble above, Optional<List<String>> classes) {
    /// @throws IllegalArgumentException if the field has no name, `above` is not finite or there beside `classes`, or
    ///     there are fewer than two classes, or one twice
    public LabelConfig {
        if (field.isBlank()) {
            throw new IllegalArgumentException("label.field is empty: expected the name of a field");
        }
        if (above.isPresent() && !(Math.abs(above.getAsDouble()) <= Row.LARGEST_NUMBER)) {
            throw new IllegalArgumentException(
                    "label.above = " + above.getAsDouble() + " is out of range: expected -1e15 to 1e15");
        }
        if (above.isPresent() && classes.isPresent()) {
            throw new IllegalArgumentException(
                    "label.above = " + above.getAsDouble() + " is there beside label.classes: expected one of them");
        }
        classes = classes.map(LabelConfig::checked);
    }

    private static List<String> checked(List<String> classes) {
        if (classes.size() < 2) {
            throw new IllegalArgumentException("label.classes = " + classes + " is too short: expected two or more");
        }
        var seen = new HashSet<String>();
        for (var name : classes) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException("label.classes has " + name + " twice: expected each once");
            }
        }
        return List.copyOf(classes);
    }

    /// Without classes by name.
    public LabelConfig(String field, OptionalDouble above) {
        this(field, above, Optional.empty());
    }
}
