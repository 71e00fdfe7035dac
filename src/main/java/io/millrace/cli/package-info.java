/// The commands: what a person types, and the exit code that answers.
///
/// | exit code | meaning |
/// |---|---|
/// | 0 | done |
/// | 1 | failed |
/// | 2 | the command or its configuration is wrong |
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
