/// Step 1 of 6: bytes to typed rows and back. Avro, JSON and CSV; what is wrong with a row.
///
/// | in | out |
/// |---|---|
/// | the bytes of one event | a [Row] of the fields that the spec names, or a [BadEvent] |
///
/// **Promise.** Only the fields that the spec names are decoded; nothing is allocated for an event.
@NullMarked
package io.millrace.event;

import org.jspecify.annotations.NullMarked;
