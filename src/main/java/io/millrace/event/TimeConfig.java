package io.millrace.event;

/// The `events.time:` block of a spec.
///
/// @param field the field that holds event time
/// @param unit what its number counts since 1970-01-01T00:00Z
public record TimeConfig(String field, Unit unit) {
    /// Units of event time; `ISO_8601` reads text such as `2001-01-01T05:01:00Z` (no zone: UTC).
    public enum Unit {
        NANOSECONDS,
        MICROSECONDS,
        MILLISECONDS,
        SECONDS,
        MINUTES,
        HOURS,
        DAYS,
        ISO_8601
    }
}
