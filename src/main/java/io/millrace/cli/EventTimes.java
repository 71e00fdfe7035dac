package io.millrace.cli;

import io.millrace.event.EventReading;
import io.millrace.event.Row;
import io.millrace.spec.Spec;

/// The event times of values of a topic.
final class EventTimes {
    private final EventReading reading;
    private final Row row;

    EventTimes(Spec spec) {
        var fields = spec.fields();
        reading = spec.reading(fields);
        row = new Row(fields);
    }

    /// Milliseconds since 1970.
    ///
    /// @throws io.millrace.event.BadEvent if the event can't be read or has no time
    long of(byte[] value) {
        reading.decoder().decode(value, 0, value.length, row);
        return reading.time(row, 0);
    }
}
