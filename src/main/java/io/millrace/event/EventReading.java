package io.millrace.event;

/// What events mean under a spec: their decoder, time, label and id. Bound once, used by split, score, serve and replay
/// alike.
/// One a thread.
public final class EventReading {
    /// @param schema text of the Avro schema, needed where the format is `avro`
    /// @param fields what to decode
    public EventReading(
            EventsConfig events, LabelConfig label, @org.jspecify.annotations.Nullable String schema, Fields fields) {
        throw new UnsupportedOperationException();
    }

    public EventDecoder decoder() {
        throw new UnsupportedOperationException();
    }

    /// Event time in milliseconds since 1970, or `recordTimestamp` where the spec names no time field.
    ///
    /// @throws BadEvent if the field is missing or no time
    public long time(Row row, long recordTimestamp) {
        throw new UnsupportedOperationException();
    }

    /// The label, or NaN where the event has none.
    ///
    /// @throws BadEvent if it is present but no finite number
    public float label(Row row) {
        throw new UnsupportedOperationException();
    }

    /// The event's id for people: its id fields joined by `/`, or `topic-partition-offset`.
    public String id(Row row, String topic, int partition, long offset) {
        throw new UnsupportedOperationException();
    }
}
