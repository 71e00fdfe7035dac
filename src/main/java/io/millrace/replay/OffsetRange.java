package io.millrace.replay;

import java.util.OptionalLong;

/// Offsets to replay, of the one partition there is.
///
/// @param from first offset; left out: where the log begins
/// @param to first offset no longer in it; left out: where the log ended when it was opened
public record OffsetRange(OptionalLong from, OptionalLong to) {
    public static final OffsetRange ALL = new OffsetRange(OptionalLong.empty(), OptionalLong.empty());

    boolean isAll() {
        return from.isEmpty() && to.isEmpty();
    }

    /// The range with its ends filled in from a log that begins at `first` and ends before `end`.
    ///
    /// @throws ReplayException if the log does not hold it
    Bounds in(String log, long first, long end) {
        var bounds = new Bounds(from.orElse(first), to.orElse(end));
        if (bounds.from < first || bounds.to > end || bounds.from > bounds.to) {
            throw new ReplayException("offsets " + bounds.from + " to " + bounds.to + " are not in " + log
                    + ": expected a range within " + first + " to " + end);
        }
        return bounds;
    }

    /// @param from first offset
    /// @param to first offset no longer in it
    record Bounds(long from, long to) {}
}
