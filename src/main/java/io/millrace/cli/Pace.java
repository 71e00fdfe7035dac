package io.millrace.cli;

/// When the next event of a file is due, in nanoseconds since the first one was sent.
@FunctionalInterface
interface Pace {
    /// @param sent events sent so far
    /// @param time of the event, milliseconds since 1970
    long due(long sent, long time);

    /// As fast as they go.
    Pace FASTEST = (_, _) -> 0;

    /// So many a second.
    static Pace rate(double perSecond) {
        return (sent, _) -> (long) (sent / perSecond * 1e9);
    }

    /// As they happened, `speed` times as fast; one that happened before the first is due at once.
    ///
    /// @param start event time at which to begin, milliseconds since 1970
    static Pace ownTime(double speed, long start) {
        return (_, time) -> (long) (Math.max(0, time - start) * 1e6 / speed);
    }
}
