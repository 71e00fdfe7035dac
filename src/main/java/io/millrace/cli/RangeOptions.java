package io.millrace.cli;

import io.millrace.replay.OffsetRange;
import io.millrace.replay.TimeRange;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which part of a log or of files.
final class RangeOptions {
    @Option(
            names = "--from-offset",
            paramLabel = "N",
            description = "First offset of the partition, or first row of files, from 0 (default: the beginning).")
    private @Nullable Long fromOffset;

    @Option(
            names = "--to-offset",
            paramLabel = "N",
            description = "First offset or row that is no longer read (default: the end, as it is at the start).")
    private @Nullable Long toOffset;

    @Option(
            names = "--from-time",
            paramLabel = "TIME",
            description = "Earliest event time, such as 2001-02-01 or 2001-02-01T06:00:00Z.")
    private @Nullable String fromTime;

    @Option(names = "--to-time", paramLabel = "TIME", description = "First event time that is no longer learned.")
    private @Nullable String toTime;

    OffsetRange offsets() {
        return new OffsetRange(optional(fromOffset), optional(toOffset));
    }

    /// @throws CommandException if a time is none
    TimeRange times() {
        return new TimeRange(
                fromTime == null ? TimeRange.ALL.from() : millis("--from-time", fromTime),
                toTime == null ? TimeRange.ALL.to() : millis("--to-time", toTime));
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static long millis(String option, String text) {
        try {
            return (text.contains("T")
                            ? Instant.parse(text)
                            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant())
                    .toEpochMilli();
        } catch (DateTimeParseException e) {
            throw CommandException.wrong(
                    option + " = " + text + " is no time: expected one like 2001-02-01 or 2001-02-01T06:00:00Z");
        }
    }
}
