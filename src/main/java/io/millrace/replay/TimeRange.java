package io.millrace.replay;

import java.time.Instant;

/// Event times to replay.
///
/// @param from first millisecond since 1970
/// @param to first millisecond no longer in it
public record TimeRange(long from, long to) {
    public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

    /// @throws ReplayException if it is empty
    public TimeRange {
        if (from >= to) {
            throw new ReplayException(
                    "the time range from " + text(from) + " to " + text(to) + " is empty: expected to after from");
        }
    }

    private static String text(long millis) {
        return millis == Long.MIN_VALUE || millis == Long.MAX_VALUE
                ? "ever"
                : Instant.ofEpochMilli(millis).toString();
    }

    boolean contains(long time) {
        return time >= from && time < to;
    }
}
