package io.millrace.split;

import java.util.List;

/// The `split:` block of a spec. The shares add up to 1.
///
/// @param group fields that make the group; all of them stay together
/// @param salt any text; another salt draws other groups
/// @param train share of groups to learn from
/// @param validation share of groups that judge versions
/// @param test share of groups held out
public record SplitConfig(List<String> group, String salt, double train, double validation, double test) {}
