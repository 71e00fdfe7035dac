package io.millrace.model;

import java.util.Map;

/// Why a prediction is what it is.
///
/// @param prediction what [io.millrace.evaluate.Outcome] says
/// @param margin what the prediction is made of: log odds, or the value before the loss makes a prediction of it
/// @param contributions what each feature adds to the margin, in the order of the features; they add up to it, see
///     [io.millrace.learn.Explanation]. A token that occurs twice is named once
@SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
public record Reasons(float[] prediction, float margin, Map<String, Double> contributions) {}
