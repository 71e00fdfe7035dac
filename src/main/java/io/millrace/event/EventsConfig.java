package io.millrace.event;

import java.util.List;
import java.util.Optional;

/// The `events:` block of a spec: where events come from and what makes two of them the same.
///
/// @param topic source topic
/// @param format `avro` or `json` (files may be `csv` too)
/// @param schema path of the Avro schema, relative to the spec file; needed for `avro`. A path that starts
///     with `classpath:` names a resource
/// @param id fields that identify an event; empty: its topic, partition and offset do
/// @param time where event time stands; absent: the record's timestamp
public record EventsConfig(
        String topic, Format format, Optional<String> schema, List<String> id, Optional<TimeConfig> time) {
    /// How the value of an event is written.
    public enum Format {
        AVRO,
        JSON,
        CSV
    }
}
