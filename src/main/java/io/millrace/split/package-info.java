/// Step 3 of 6: decides, once per event, whether the model may learn from it or only be judged by it; packs examples
/// into blocks.
///
/// | in | out |
/// |---|---|
/// | events as bytes | blocks of train, validation and test examples; dead letters |
///
/// **Promise.** The choice depends only on the group and the [io.millrace.split.SplitConfig], so a replay makes the
/// same one, and no group is ever on both sides.
@NullMarked
package io.millrace.split;

import org.jspecify.annotations.NullMarked;
