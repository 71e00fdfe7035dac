/// The Avro records of `schemas/*.avsc`, generated at build time; their doc comments are the schemas' own.
///
/// Not [org.jspecify.annotations.NullMarked]: the generator writes no nullness.
@NullUnmarked
package io.millrace.schema;

import org.jspecify.annotations.NullUnmarked;
