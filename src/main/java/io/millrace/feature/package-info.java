/// Step 2 of 6: rows to sparse numeric examples. Hashing (murmur3), crosses, time parts.
///
/// | in | out |
/// |---|---|
/// | a [io.millrace.event.Row] | one more example in an [io.millrace.feature.Examples] |
///
/// **Promise.** The same row gives the same example everywhere: in the split, in a server, in a replay.
///
/// **Not here.** Scaling: its statistics are learned state ([io.millrace.learn]).
@NullMarked
package io.millrace.feature;

import org.jspecify.annotations.NullMarked;
