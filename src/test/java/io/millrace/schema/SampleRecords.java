package io.millrace.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;

/// Records of any schema whose values follow from the names of the fields alone: the same today and in ten years.
final class SampleRecords {
    private SampleRecords() {}

    /// So many that every branch of every union is taken once.
    static List<GenericRecord> of(Schema schema) {
        var base = mostBranches(schema);
        var count = (int) Math.pow(base, unionDepth(schema));
        return IntStream.range(0, count)
                .mapToObj(number -> (GenericRecord) value(schema, schema.getName(), number, base))
                .toList();
    }

    private static Object value(Schema schema, String path, int number, int base) {
        var hash = hash(path);
        return switch (schema.getType()) {
            case RECORD -> record(schema, path, number, base);
            case UNION -> {
                var types = schema.getTypes();
                yield value(types.get(number % types.size()), path, number / base, base);
            }
            case ARRAY ->
                new GenericData.Array<>(
                        schema,
                        List.of(
                                value(schema.getElementType(), path + "[0]", number, base),
                                value(schema.getElementType(), path + "[1]", number, base)));
            case MAP -> Map.of(new Utf8("key"), value(schema.getValueType(), path + "[key]", number, base));
            case STRING -> new Utf8("text of " + path);
            case INT -> hash;
            case LONG -> (long) hash * hash * hash;
            case FLOAT -> hash / 8f;
            case DOUBLE -> hash / 3.0;
            case BOOLEAN -> hash % 2 == 0;
            case BYTES -> ByteBuffer.wrap(path.getBytes(UTF_8));
            case FIXED ->
                new GenericData.Fixed(
                        schema,
                        Arrays.copyOf(path.repeat(schema.getFixedSize()).getBytes(UTF_8), schema.getFixedSize()));
            case ENUM ->
                new GenericData.EnumSymbol(
                        schema,
                        schema.getEnumSymbols()
                                .get(Math.floorMod(hash, schema.getEnumSymbols().size())));
            case NULL -> null;
        };
    }

    private static GenericRecord record(Schema schema, String path, int number, int base) {
        var record = new GenericData.Record(schema);
        for (var field : schema.getFields()) {
            record.put(field.name(), value(field.schema(), path + "." + field.name(), number, base));
        }
        return record;
    }

    /// That of `String`, which the Java language fixes.
    private static int hash(String path) {
        return path.hashCode();
    }

    private static int mostBranches(Schema schema) {
        var own = schema.getType() == Schema.Type.UNION ? schema.getTypes().size() : 1;
        return Math.max(
                own,
                parts(schema).stream()
                        .mapToInt(SampleRecords::mostBranches)
                        .max()
                        .orElse(1));
    }

    private static int unionDepth(Schema schema) {
        var own = schema.getType() == Schema.Type.UNION ? 1 : 0;
        return own
                + parts(schema).stream()
                        .mapToInt(SampleRecords::unionDepth)
                        .max()
                        .orElse(0);
    }

    private static List<Schema> parts(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> schema.getFields().stream().map(Schema.Field::schema).toList();
            case UNION -> schema.getTypes();
            case ARRAY -> List.of(schema.getElementType());
            case MAP -> List.of(schema.getValueType());
            default -> List.of();
        };
    }
}
