/// Step 5 of 6: how good predictions are. Progressive metrics of what is learned, held-out metrics of what is not,
/// intervals, and differences between versions.
///
/// | name | of | formula, over examples of weight c |
/// |---|---|---|
/// | `log-loss` | classification | −Σ c ln q / Σ c, q the probability given to the label that came, in nats |
/// | `accuracy` | classification | Σ c [(p ≥ 0.5) = y] / Σ c |
/// | `brier` | classification, held out | Σ c (p − y)² / Σ c |
/// | `auc` | classification, held out | share of pairs of unlike labels that p orders rightly, ties half: `Roc` |
/// | `ece` | classification, held out | Σ over ten bins of p: share · \|mean p − mean y\|: `Calibration` |
/// | `log-loss`, `accuracy` | several classes | the same: q of the class that came; whether it is the likeliest |
/// | `brier` | several classes, held out | Σ c Σ (p − y)² / Σ c, over the classes: twice that of one probability where
/// there are two |
/// | `ece` | several classes, held out | the same over the probability of the likeliest class and whether it came |
/// | `mae` | regression | Σ c \|p − y\| / Σ c, in units of the label |
/// | `rmse` | regression | √(Σ c (p − y)² / Σ c), in units of the label |
/// | `r2` | regression, held out | 1 − Σ c (p − y)² / Σ c (y − ȳ)², ȳ the mean of the same labels |
/// | `pinball`, `expectile`, `huber`, `poisson` | regression by that loss | Σ c cost / Σ c, what its model learns by:
/// [io.millrace.evaluate.Cost] |
/// | `groups` | held out | buckets of groups that hold examples, at most 256: `Clusters` |
///
/// | suffix | what predicts | over |
/// |---|---|---|
/// | none | the model | all examples |
/// | `.decayed` | the model | about the last 16,384 examples, see [io.millrace.evaluate.Progress] |
/// | `.constant` | the labels' mean so far: (ones + 1) / (seen + 2), or Σ y / n, at first 0; of several classes each
/// its share, (n + 1) / (seen + classes) | all examples |
/// | `.last-label` | what came after labels like the last: (ones + 1) / (seen + 2); or the last label | all examples |
/// | `.constant.decayed`, `.last-label.decayed` | the same | as `.decayed` |
///
/// Held out, a figure of the model has three more, such as `log-loss.se` and `log-loss.decayed.se`:
///
/// | suffix | what |
/// |---|---|
/// | `.se` | standard error, clustered by group; not of `auc`, `ece`, `groups`, nor where there is one group only |
/// | `.low`, `.high` | ends of the 95 % interval: figure ∓ t · standard error |
/// | `.error` | of `auc`: how far the exact area may lie from it, because scores are counted in bins |
///
/// A calibration table has `calibration.K.predicted`, `.observed` and `.share` (of the weight), for bins K from 0 to 9:
/// p from K / 10 on.
///
/// **Promise.** Every baseline predicts before it sees a label, as the model does. Sums are a function of the
/// examples in their order; a state goes on with the same bits. Adding an example allocates nothing.
@NullMarked
package io.millrace.evaluate;

import org.jspecify.annotations.NullMarked;
