/// Step 4 of 6: predicts each example, scores the prediction, then learns the example.
///
/// | in | out |
/// |---|---|
/// | [io.millrace.feature.Examples] | changed [io.millrace.learn.Cells], scalers, counters, progressive metrics |
///
/// **Promise.** Weights, counters, scalers and metrics are a function of the spec and the examples in their order: no
/// clock, no block boundary, no thread.
@NullMarked
package io.millrace.learn;

import org.jspecify.annotations.NullMarked;
