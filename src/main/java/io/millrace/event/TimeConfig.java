package io.millrace.event;

import java.time.Duration;
import java.util.Optional;

/// The `events.time:` block of a spec.
///
/// @param field the field that holds event time
/// @param unit what its number counts since 1970-01-01T00:00Z
/// @param ahead how far after the timestamp of its record an event may be, 1 s to 100 years; absent, as in the spec of
///     a log that is older than this key: as far as it likes
public record TimeConfig(String field, Unit unit, Optional<Duration> ahead) {
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofDays(36_500);

    /// @throws IllegalArgumentException if the field has no name, or a value is out of range
    public TimeConfig {
        if (field.isBlank()) {
            throw new IllegalArgumentException("events.time.field is empty: expected the name of a field");
        }
        if (ahead.isPresent()
                && (ahead.get().compareTo(LEAST) < 0 || ahead.get().compareTo(MOST) > 0)) {
            throw new IllegalArgumentException(
                    "events.time.ahead = " + ahead.get().toMillis() + "ms is out of range: expected 1s to 36500d");
        }
    }

    /// Units of event time; `ISO_8601` reads text such as `2001-01-01T05:01:00Z` (no zone: UTC).
    public enum Unit {
        NANOSECONDS(1, 1_000_000),
        MICROSECONDS(1, 1_000),
        MILLISECONDS(1, 1),
        SECONDS(1_000, 1),
        MINUTES(60_000, 1),
        HOURS(3_600_000, 1),
        DAYS(86_400_000, 1),
        ISO_8601(1, 1);

        /// 0001-01-01T00:00Z and the last millisecond of 9999.
        private static final long FIRST = -62_135_596_800_000L;

        private static final long LAST = 253_402_300_799_999L;

        private final long factor;
        private final long divisor;

        Unit(long factor, long divisor) {
            this.factor = factor;
            this.divisor = divisor;
        }

        /// The time in a slot, in milliseconds since 1970, rounded down.
        ///
        /// @throws BadEvent if it is missing, or no time of this unit in the years 1 to 9999
        public long millis(Row row, int slot) {
            if (row.isMissing(slot)) {
                throw new BadEvent(row.name(slot) + " is missing: expected a time");
            }
            return this == ISO_8601 ? iso(row, slot) : counted(row, slot);
        }

        private long counted(Row row, int slot) {
            if (row.isWhole(slot)) {
                long count = row.whole(slot);
                boolean fits = factor == 1 || (count >= FIRST / factor && count <= LAST / factor);
                long millis = fits ? Math.floorDiv(count * factor, divisor) : Long.MAX_VALUE;
                if (millis >= FIRST && millis <= LAST) {
                    return millis;
                }
            } else {
                double millis = Math.floor(row.any(slot) * factor / divisor);
                if (millis >= FIRST && millis <= LAST) {
                    return (long) millis;
                }
            }
            throw new BadEvent(
                    row.describe(slot) + " is no time in " + word() + ": expected one in the years 1 to 9999");
        }

        private static long iso(Row row, int slot) {
            if (row.isText(slot)) {
                long millis = IsoTime.millis(row.text(slot), row.textOffset(slot), row.textLength(slot));
                if (millis != IsoTime.NONE) {
                    return millis;
                }
            }
            throw new BadEvent(row.describe(slot) + " is no ISO 8601 time: expected one like 2001-01-01T05:01:00Z");
        }

        private String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
