/// Step 5 of 6: how good predictions are. Progressive and held-out metrics now; intervals and the gate's rule later.
///
/// | name | of | formula, over examples of weight c |
/// |---|---|---|
/// | `log-loss` | classification | −Σ c ln q / Σ c, q the probability given to the label that came, in nats |
/// | `accuracy` | classification | Σ c [(p ≥ 0.5) = y] / Σ c |
/// | `brier` | classification, held out | Σ c (p − y)² / Σ c |
/// | `mae` | regression | Σ c \|p − y\| / Σ c, in units of the label |
/// | `rmse` | regression | √(Σ c (p − y)² / Σ c), in units of the label |
///
/// | suffix | what predicts | over |
/// |---|---|---|
/// | none | the model | all examples |
/// | `.decayed` | the model | about the last 16,384 examples, see [io.millrace.evaluate.Progress] |
/// | `.constant` | the labels' mean so far: (ones + 1) / (seen + 2), or Σ y / n, at first 0 | all examples |
/// | `.last-label` | what came after labels like the last: (ones + 1) / (seen + 2); or the last label | all examples |
/// | `.constant.decayed`, `.last-label.decayed` | the same | as `.decayed` |
///
/// **Promise.** Every baseline predicts before it sees a label, as the model does. Sums are a function of the
/// examples in their order.
@NullMarked
package io.millrace.evaluate;

import org.jspecify.annotations.NullMarked;
