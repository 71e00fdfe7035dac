/// Answers over HTTP with the newest version, and swaps versions while it answers.
@NullMarked
package io.millrace.serve;

import org.jspecify.annotations.NullMarked;
