package io.millrace.event;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/// The events of a file as values of a topic: what is written in the topic's format and schema already is handed on
/// byte for byte, the rest is rewritten. All fields go along, not only those that a spec names.
public final class FileEvents implements Closeable {
    private final EventFile file;
    private final Fields fields;
    private final Row row;
    private final @Nullable EventEncoder encoder;

    /// @param format of the topic
    /// @param schema text of the topic's Avro schema: needed for `avro`; for `json` it gives CSV its types,
    ///     or is null
    /// @param columns what columns of CSV are called in the topic, such as `date_epoch_minutes` → `date`
    /// @param redacted fields whose values no message may hold
    /// @throws IOException if the file can't be read
    /// @throws IllegalArgumentException if its name tells no format, or it lacks a field of the schema
    public static FileEvents open(
            Path path,
            EventsConfig.Format format,
            @Nullable String schema,
            Map<String, String> columns,
            Set<String> redacted)
            throws IOException {
        return switch (format) {
            case AVRO -> {
                if (schema == null) {
                    throw new IllegalArgumentException("events.schema is missing: expected the text of an Avro schema");
                }
                yield avro(path, schema, columns, redacted);
            }
            case JSON -> json(path, schema, columns, redacted);
        };
    }

    private static FileEvents avro(Path path, String text, Map<String, String> columns, Set<String> redacted)
            throws IOException {
        var schema = AvroType.parse(text);
        if (EventFile.Format.of(path) == EventFile.Format.AVRO && isOf(schema, path)) {
            return verbatim(path);
        }
        var fields = all(schema).redacting(redacted);
        var encoder = new AvroEncoder(schema, fields);
        return new FileEvents(EventFile.open(path, fields, text, columns), fields, encoder);
    }

    private static FileEvents json(
            Path path, @Nullable String schema, Map<String, String> columns, Set<String> redacted) throws IOException {
        return switch (EventFile.Format.of(path)) {
            case JSON -> verbatim(path);
            case AVRO -> json(path, null, columns, all(AvroFile.schema(path)).redacting(redacted));
            case CSV -> {
                if (schema != null) {
                    yield json(
                            path, schema, columns, all(AvroType.parse(schema)).redacting(redacted));
                }
                var file = CsvFile.whole(path, columns, redacted);
                yield new FileEvents(file, file.fields(), new JsonEncoder(file.fields()));
            }
        };
    }

    private static FileEvents json(Path path, @Nullable String schema, Map<String, String> columns, Fields fields)
            throws IOException {
        return new FileEvents(EventFile.open(path, fields, schema, columns), fields, new JsonEncoder(fields));
    }

    private static FileEvents verbatim(Path path) throws IOException {
        var none = new Fields(List.of());
        return new FileEvents(EventFile.open(path, none, null, Map.of()), none, null);
    }

    private static boolean isOf(Schema schema, Path path) throws IOException {
        return SchemaNormalization.parsingFingerprint64(schema)
                == SchemaNormalization.parsingFingerprint64(AvroFile.schema(path));
    }

    private static Fields all(Schema schema) {
        return new Fields(schema.getFields().stream().map(Schema.Field::name).toList());
    }

    private FileEvents(EventFile file, Fields fields, @Nullable EventEncoder encoder) {
        this.file = file;
        this.fields = fields;
        this.row = new Row(fields);
        this.encoder = encoder;
    }

    /// Names of the fields that every event of this file has; empty where each event brings its own.
    public List<String> fields() {
        return fields.names();
    }

    /// Goes to the next event.
    ///
    /// @return false after the last one
    /// @throws IOException if the file can't be read or is broken, with its path
    public boolean next() throws IOException {
        return file.next();
    }

    /// The value for the topic, in an array of its own.
    ///
    /// @throws BadEvent if the event can't be read, or can't be written in the topic's format
    public byte[] value() {
        if (encoder == null) {
            return Arrays.copyOfRange(file.bytes(), file.offset(), file.offset() + file.length());
        }
        file.decoder().decode(file.bytes(), file.offset(), file.length(), row);
        return encoder.encode(row);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
