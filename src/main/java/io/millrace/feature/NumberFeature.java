package io.millrace.feature;

/// A number feature where it lands: what the learner needs to scale it.
///
/// @param index in the feature space
/// @param scale how it is scaled
public record NumberFeature(int index, FeatureConfig.Scale scale) {}
