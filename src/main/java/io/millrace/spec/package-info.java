/// The whole spec of a model: one YAML file over commented defaults, bound to records; every fault with its line.
///
/// | in | out |
/// |---|---|
/// | `flights.yaml` | a [io.millrace.spec.Spec] |
///
/// **Promise.** What runs is what was written: an unknown key, a value of the wrong type or out of range is refused,
/// never repaired.
@NullMarked
package io.millrace.spec;

import org.jspecify.annotations.NullMarked;
