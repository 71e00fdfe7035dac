package io.millrace.event;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The `events:` block of a spec: where events come from and what makes two of them the same.
///
/// @param topic source topic
/// @param format `avro` or `json` (files may be CSV too, whatever the format of the topic)
/// @param schema path of the Avro schema, relative to the spec file; needed for `avro`. A path that starts
///     with `classpath:` names a resource
/// @param id fields that identify an event; empty: its topic, partition and offset do
/// @param time where event time stands; absent: the record's timestamp
/// @param redact fields whose values stand in no dead letter and no message, see [Redaction]
public record EventsConfig(
        String topic,
        Format format,
        Optional<String> schema,
        List<String> id,
        Optional<TimeConfig> time,
        Optional<List<String>> redact) {
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

    /// @throws IllegalArgumentException with the key, the value and what was expected
    public EventsConfig {
        id = List.copyOf(id);
        redact = redact.map(List::copyOf);
        if (!TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException("events.topic = " + BadEvent.quote(topic)
                    + " is no topic name: expected 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'");
        }
        if (format == Format.AVRO && schema.isEmpty()) {
            throw new IllegalArgumentException("events.schema is missing: expected the path of the Avro schema");
        }
        if (schema.isPresent() && schema.get().isBlank()) {
            throw new IllegalArgumentException("events.schema is empty: expected the path of an Avro schema");
        }
        requireFields("events.id", id);
        redact.ifPresent(fields -> requireFields("events.redact", fields));
    }

    private static void requireFields(String key, List<String> fields) {
        var seen = new HashSet<String>();
        for (var field : fields) {
            if (field.isBlank() || !seen.add(field)) {
                throw new IllegalArgumentException(
                        key + " = " + fields + " is no list of fields: expected each name once, none empty");
            }
        }
    }

    /// The fields of `redact`; empty where nothing is hidden.
    public Set<String> redacted() {
        return Set.copyOf(redact.orElse(List.of()));
    }

    /// What may be kept of a value that can't be used.
    public Redaction redaction() {
        return new Redaction(format, redacted());
    }

    /// How the value of an event is written.
    public enum Format {
        AVRO,
        JSON
    }
}
