package io.millrace.split;

import java.time.Duration;

/// The `split.dedupe:` block of a spec: labelled events whose id came before are dropped.
///
/// @param within how long an id is remembered, by the event times of its partition (of ids, `across:
///     topic`); 1 s to 10 years
/// @param across where a duplicate is looked for
/// @param most ids that a partition remembers; 10,000 to 1 billion. Where more come, the oldest are forgotten, and
///     counted
public record DedupeConfig(Duration within, Across across, int most) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3_650);
    private static final int FEWEST = 10_000;
    private static final int MOST = 1_000_000_000;

    /// @throws IllegalArgumentException if a value is out of range
    public DedupeConfig {
        if (within.compareTo(SHORTEST) < 0 || within.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "split.dedupe.within = " + within.toMillis() + "ms is out of range: expected 1s to 3650d");
        }
        if (most < FEWEST || most > MOST) {
            throw new IllegalArgumentException(
                    "split.dedupe.most = " + most + " is out of range: expected " + FEWEST + " to " + MOST);
        }
    }

    /// Where a duplicate is looked for.
    public enum Across {
        /// Among the events of its own partition of the events topic: what a producer repeats, by key.
        PARTITION,
        /// Among the events of all partitions: each is sent to a partition of its id first.
        TOPIC
    }
}
