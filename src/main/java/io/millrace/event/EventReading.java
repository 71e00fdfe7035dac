package io.millrace.event;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What events mean under a spec: their decoder, time, label and id. Bound once, used by split, score, serve and replay
/// alike. One a thread.
public final class EventReading {
    private static final int NONE = -1;

    private final EventDecoder decoder;
    private final TimeConfig.@Nullable Unit unit;
    private final int time;
    private final long ahead;
    private final int label;
    private final OptionalDouble above;
    private final @Nullable ClassNames classes;
    private final int[] id;

    /// @param schema text of the Avro schema, needed where the format is `avro`
    /// @param fields what to decode
    /// @throws IllegalArgumentException if the schema is missing or does not fit, or time, label or id are
    ///     not among the fields
    public EventReading(EventsConfig events, LabelConfig label, @Nullable String schema, Fields fields) {
        this(
                decoder(events.format(), schema, fields),
                events.time().map(TimeConfig::unit).orElse(null),
                events.time().map(time -> fields.require(time.field())).orElse(NONE),
                events.time().flatMap(TimeConfig::ahead).map(Duration::toMillis).orElse(Long.MAX_VALUE),
                fields.require(label.field()),
                label.above(),
                label.classes().map(ClassNames::new).orElse(null),
                events.id().stream().mapToInt(fields::require).toArray());
    }

    private EventReading(
            EventDecoder decoder,
            TimeConfig.@Nullable Unit unit,
            int time,
            long ahead,
            int label,
            OptionalDouble above,
            @Nullable ClassNames classes,
            int[] id) {
        this.decoder = decoder;
        this.unit = unit;
        this.time = time;
        this.ahead = ahead;
        this.label = label;
        this.above = above;
        this.classes = classes;
        this.id = id;
    }

    private static EventDecoder decoder(EventsConfig.Format format, @Nullable String schema, Fields fields) {
        return switch (format) {
            case JSON -> new JsonDecoder(fields);
            case AVRO -> {
                if (schema == null) {
                    throw new IllegalArgumentException("events.schema is missing: expected the text of an Avro schema");
                }
                yield new AvroDecoder(schema, fields);
            }
        };
    }

    /// The same reading of events that are written otherwise, such as those of an [EventFile].
    ///
    /// @param decoder of the same fields
    public EventReading by(EventDecoder decoder) {
        return new EventReading(decoder, unit, time, ahead, label, above, classes, id);
    }

    public EventDecoder decoder() {
        return decoder;
    }

    /// Event time in milliseconds since 1970; where the spec names no time field, `recordTimestamp`, or 0 if that is
    /// negative, as of a record without any.
    ///
    /// @throws BadEvent if the field is missing or no time, or further ahead of its record's timestamp than it
    ///     may be; of a record without one nobody knows
    public long time(Row row, long recordTimestamp) {
        if (unit == null) {
            return Math.max(0, recordTimestamp);
        }
        long millis = unit.millis(row, time);
        if (recordTimestamp > 0 && millis > recordTimestamp && millis - recordTimestamp > ahead) {
            var told = row.isRedacted(time) ? "" : " is " + Instant.ofEpochMilli(millis);
            throw new BadEvent(row.describe(time) + told + ": expected no later than "
                    + Instant.ofEpochMilli(recordTimestamp + ahead)
                    + ", which is events.time.ahead after the timestamp of its record");
        }
        return millis;
    }

    /// The label, or NaN where the event has none.
    ///
    /// @throws BadEvent if it is present but no finite number, or none of the classes
    public float label(Row row) {
        if (row.isMissing(label)) {
            return Float.NaN;
        }
        if (classes != null) {
            return classes.of(row, label);
        }
        double number = row.number(label);
        if (above.isEmpty()) {
            return (float) number;
        }
        return number > above.getAsDouble() ? 1 : 0;
    }

    /// The event's id for people: its id fields joined by `/` (a missing one is empty), or `topic-partition-offset`.
    public String id(Row row, String topic, int partition, long offset) {
        if (id.length == 0) {
            return topic + "-" + partition + "-" + offset;
        }
        var text = new StringBuilder();
        for (int i = 0; i < id.length; i++) {
            if (i > 0) {
                text.append('/');
            }
            if (!row.isMissing(id[i])) {
                text.append(new String(
                        row.text(id[i]), row.textOffset(id[i]), row.textLength(id[i]), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }
}
