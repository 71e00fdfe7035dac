package io.millrace.event;

import java.util.OptionalDouble;

/// The `label:` block of a spec.
///
/// @param field the field that holds the label; absent in an event: score only
/// @param above makes a class of a number: the label is 1 where the field is greater, else 0
public record LabelConfig(String field, OptionalDouble above) {}
