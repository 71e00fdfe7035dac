package io.millrace.event;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/// A type of the writer schema, compiled to what [AvroReader] needs: how to step over a value, and which slot it goes
/// to.
final class AvroType {
    /// What is written for a value.
    enum Kind {
        NULL,
        BOOLEAN,
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        TEXT,
        FIXED,
        ENUM,
        UNION,
        RECORD,
        ARRAY,
        MAP
    }

    /// A value that nobody asked for.
    static final int SKIPPED = -1;

    final Kind kind;
    /// Where the value goes, or [#SKIPPED].
    final int slot;
    /// Bytes of a FIXED.
    final int size;
    /// UTF-8 of an ENUM's symbols.
    final byte[][] symbols;
    /// Names of a RECORD's fields.
    final String[] names;
    /// Fields of a RECORD, branches of a UNION, the element of an ARRAY or MAP.
    final AvroType[] parts;
    /// Whether no value of it takes a byte, so that any number of them is stepped over at once.
    boolean weightless;

    private AvroType(Kind kind, int slot, Schema schema, int parts) {
        this.kind = kind;
        this.slot = slot;
        this.size = kind == Kind.FIXED ? schema.getFixedSize() : 0;
        this.symbols = kind == Kind.ENUM
                ? schema.getEnumSymbols().stream()
                        .map(symbol -> symbol.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new)
                : new byte[0][];
        this.names = kind == Kind.RECORD
                ? schema.getFields().stream().map(Schema.Field::name).toArray(String[]::new)
                : new String[0];
        this.parts = new AvroType[parts];
        this.weightless = kind == Kind.NULL || (kind == Kind.FIXED && size == 0);
    }

    /// @throws IllegalArgumentException if it is no schema of a record
    static Schema parse(String text) {
        Schema schema;
        try {
            schema = new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("events.schema is no Avro schema: " + e.getMessage(), e);
        }
        return record(schema);
    }

    static Schema record(Schema schema) {
        if (schema.getType() != Schema.Type.RECORD) {
            throw new IllegalArgumentException(
                    "the schema is of type " + schema.getType().getName() + ": expected a record");
        }
        return schema;
    }

    /// A record whose named fields go to their slots; the others are skipped.
    ///
    /// @throws IllegalArgumentException if the schema lacks a field, or has one whose type can't be a value
    static AvroType of(Schema schema, Fields fields) {
        for (var name : fields.names()) {
            if (schema.getField(name) == null) {
                throw new IllegalArgumentException("field " + name + " is not in the schema " + schema.getFullName()
                        + ": expected one of " + names(schema));
            }
        }
        var compiled = new HashMap<String, AvroType>();
        var record =
                new AvroType(Kind.RECORD, SKIPPED, schema, schema.getFields().size());
        for (int i = 0; i < record.parts.length; i++) {
            var field = schema.getFields().get(i);
            int slot = fields.slot(field.name());
            record.parts[i] = slot < 0 ? skipped(field.schema(), compiled) : value(field.name(), field.schema(), slot);
        }
        return record;
    }

    private static List<String> names(Schema schema) {
        return schema.getFields().stream().map(Schema.Field::name).toList();
    }

    private static AvroType value(String field, Schema schema, int slot) {
        if (!isValue(schema)) {
            throw new IllegalArgumentException("field " + field + " is of the Avro type " + schema
                    + ": expected a number, text, a boolean or an enum, or a union of these and null");
        }
        if (schema.getType() != Schema.Type.UNION) {
            return new AvroType(kind(schema), slot, schema, 0);
        }
        var union = new AvroType(Kind.UNION, slot, schema, schema.getTypes().size());
        for (int i = 0; i < union.parts.length; i++) {
            var branch = schema.getTypes().get(i);
            union.parts[i] = new AvroType(kind(branch), slot, branch, 0);
        }
        return union;
    }

    /// Whether a field of this type may be named. Bytes of a decimal are no text.
    static boolean isValue(Schema schema) {
        return switch (schema.getType()) {
            case INT, LONG, FLOAT, DOUBLE, STRING, BOOLEAN, ENUM -> true;
            case BYTES -> schema.getLogicalType() == null;
            case UNION ->
                schema.getTypes().stream().allMatch(branch -> branch.getType() == Schema.Type.NULL || isValue(branch))
                        && schema.getTypes().stream().anyMatch(branch -> branch.getType() != Schema.Type.NULL);
            case NULL, FIXED, RECORD, ARRAY, MAP -> false;
        };
    }

    private static AvroType skipped(Schema schema, Map<String, AvroType> compiled) {
        return switch (schema.getType()) {
            case RECORD -> {
                // Looked up first: a record may hold itself.
                var known = compiled.get(schema.getFullName());
                if (known != null) {
                    yield known;
                }
                var record = new AvroType(
                        Kind.RECORD, SKIPPED, schema, schema.getFields().size());
                compiled.put(schema.getFullName(), record);
                boolean weightless = true;
                for (int i = 0; i < record.parts.length; i++) {
                    record.parts[i] = skipped(schema.getFields().get(i).schema(), compiled);
                    weightless &= record.parts[i].weightless;
                }
                record.weightless = weightless;
                yield record;
            }
            case UNION -> {
                var union = new AvroType(
                        Kind.UNION, SKIPPED, schema, schema.getTypes().size());
                for (int i = 0; i < union.parts.length; i++) {
                    union.parts[i] = skipped(schema.getTypes().get(i), compiled);
                }
                yield union;
            }
            case ARRAY -> holder(Kind.ARRAY, schema, skipped(schema.getElementType(), compiled));
            case MAP -> holder(Kind.MAP, schema, skipped(schema.getValueType(), compiled));
            default -> new AvroType(kind(schema), SKIPPED, schema, 0);
        };
    }

    private static AvroType holder(Kind kind, Schema schema, AvroType element) {
        var holder = new AvroType(kind, SKIPPED, schema, 1);
        holder.parts[0] = element;
        return holder;
    }

    private static Kind kind(Schema schema) {
        return switch (schema.getType()) {
            case STRING, BYTES -> Kind.TEXT;
            default -> Kind.valueOf(schema.getType().name());
        };
    }
}
