package io.millrace.split;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// The `split:` block of a spec. The shares add up to 1.
///
/// @param group fields that make the group; all of them stay together
/// @param salt any text; another salt draws other groups
/// @param train share of groups to learn from
/// @param validation share of groups that judge versions
/// @param test share of groups held out
/// @param dedupe whether and how duplicates are dropped; absent: none is
public record SplitConfig(
        List<String> group, String salt, double train, double validation, double test, Optional<DedupeConfig> dedupe) {
    /// How far from 1 shares written in decimal may add up, such as three thirds.
    private static final double TOLERANCE = 1e-9;

    /// @throws IllegalArgumentException if there is no group, a field of it twice, a share out of range, or another
    ///     sum than 1
    public SplitConfig {
        group = List.copyOf(group);
        if (group.isEmpty()) {
            throw new IllegalArgumentException("split.group = [] is empty: expected one field or more");
        }
        if (new HashSet<>(group).size() < group.size()) {
            throw new IllegalArgumentException("split.group = " + group + " names a field twice: expected each once");
        }
        requireShare("split.train", train);
        requireShare("split.validation", validation);
        requireShare("split.test", test);
        var sum = BigDecimal.valueOf(train).add(BigDecimal.valueOf(validation)).add(BigDecimal.valueOf(test));
        if (Math.abs(sum.doubleValue() - 1) > TOLERANCE) {
            throw new IllegalArgumentException("split.train + split.validation + split.test = "
                    + sum.stripTrailingZeros().toPlainString() + ": expected 1");
        }
    }

    /// The same with other shares.
    public SplitConfig withShares(double train, double validation, double test) {
        return new SplitConfig(group, salt, train, validation, test, dedupe);
    }

    private static void requireShare(String key, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(key + " = " + share + " is out of range: expected 0 to 1");
        }
    }
}
