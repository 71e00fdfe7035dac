package io.millrace.event;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/// Writes rows as bare Avro records. Every field of the schema must be one of the row's and of a type that can be a
/// value; a missing one is null. Of a union the first branch that holds the value is taken.
final class AvroEncoder implements EventEncoder {
    private final Schema schema;
    private final int[] slots;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);

    /// @throws IllegalArgumentException if a field is not among `fields` or its type can't be a value
    AvroEncoder(Schema schema, Fields fields) {
        this.schema = schema;
        this.slots = schema.getFields().stream()
                .mapToInt(field -> fields.require(field.name()))
                .toArray();
        AvroType.of(schema, fields);
    }

    @Override
    public byte[] encode(Row row) {
        out.reset();
        try {
            for (int i = 0; i < slots.length; i++) {
                write(row, slots[i], schema.getFields().get(i).schema());
            }
            encoder.flush();
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
        return out.toByteArray();
    }

    private void write(Row row, int slot, Schema type) throws IOException {
        switch (type.getType()) {
            case UNION -> {
                int branch = branch(row, slot, type);
                encoder.writeIndex(branch);
                write(row, slot, type.getTypes().get(branch));
            }
            case NULL -> encoder.writeNull();
            default -> {
                if (!fits(row, slot, type)) {
                    throw new BadEvent(row.describe(slot) + " does not fit the Avro type " + type);
                }
                writeValue(row, slot, type);
            }
        }
    }

    private void writeValue(Row row, int slot, Schema type) throws IOException {
        switch (type.getType()) {
            case INT -> encoder.writeInt((int) row.whole(slot));
            case LONG -> encoder.writeLong(row.whole(slot));
            case FLOAT -> encoder.writeFloat((float) row.any(slot));
            case DOUBLE -> encoder.writeDouble(row.any(slot));
            case BOOLEAN -> encoder.writeBoolean(row.text(slot)[row.textOffset(slot)] == 't');
            case ENUM -> encoder.writeEnum(type.getEnumOrdinal(row.string(slot)));
            default -> encoder.writeBytes(row.text(slot), row.textOffset(slot), row.textLength(slot));
        }
    }

    private static int branch(Row row, int slot, Schema union) {
        for (int i = 0; i < union.getTypes().size(); i++) {
            if (fits(row, slot, union.getTypes().get(i))) {
                return i;
            }
        }
        throw new BadEvent(row.describe(slot) + " does not fit the Avro type " + union);
    }

    private static boolean fits(Row row, int slot, Schema type) {
        if (row.isMissing(slot)) {
            return type.getType() == Schema.Type.NULL;
        }
        return switch (type.getType()) {
            case INT -> row.isWhole(slot) && row.whole(slot) == (int) row.whole(slot);
            case LONG -> row.isWhole(slot);
            case FLOAT, DOUBLE -> row.isNumber(slot);
            case BOOLEAN -> row.isBoolean(slot);
            case ENUM -> row.isText(slot) && type.hasEnumSymbol(row.string(slot));
            case STRING, BYTES -> row.isText(slot);
            default -> false;
        };
    }
}
