package io.millrace.event;

import java.util.List;
import org.apache.avro.Schema;

/// What the cells of a CSV column are. Without a schema a cell is [#ANY]: an empty one is missing, what JSON would take
/// for a number is one, the rest is text. With a schema a cell is what an Avro event would hold, so that both make the
/// same example.
enum CellType {
    ANY,
    TEXT,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    BOOLEAN;

    /// The type of a field, without its null.
    static CellType of(Schema schema) {
        return switch (schema.getType()) {
            case UNION -> of(others(schema));
            case INT -> INT;
            case LONG -> LONG;
            case FLOAT -> FLOAT;
            case DOUBLE -> DOUBLE;
            case BOOLEAN -> BOOLEAN;
            default -> TEXT;
        };
    }

    private static CellType of(List<Schema> branches) {
        return branches.size() == 1 ? of(branches.getFirst()) : ANY;
    }

    private static List<Schema> others(Schema union) {
        return union.getTypes().stream()
                .filter(branch -> branch.getType() != Schema.Type.NULL)
                .toList();
    }

    /// Whether an empty cell of a field of this type is missing; else it is empty text or no value.
    static boolean isNullable(Schema schema) {
        return schema.isNullable();
    }

    /// Sets a slot to what the cell says.
    ///
    /// @throws BadEvent if that is no value of this type
    void set(Row row, int slot, byte[] bytes, int offset, int length) {
        if (this == TEXT) {
            row.setText(slot, bytes, offset, length);
            return;
        }
        row.setCell(slot, bytes, offset, length);
        switch (this) {
            case INT -> whole(row, slot, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> whole(row, slot, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> row.setFloat(slot, (float) row.any(slot));
            case DOUBLE -> row.setDouble(slot, row.any(slot));
            case BOOLEAN -> truth(row, slot, bytes, offset, length);
            case ANY, TEXT -> {}
        }
    }

    private void whole(Row row, int slot, long least, long most) {
        double ignored = row.any(slot);
        if (!row.isWhole(slot)) {
            row.setDouble(slot, ignored);
        }
        if (!row.isWhole(slot) || row.whole(slot) < least || row.whole(slot) > most) {
            throw new BadEvent(row.describe(slot) + " is no " + name().toLowerCase(java.util.Locale.ROOT));
        }
        if (row.isText(slot)) {
            row.setLong(slot, row.whole(slot));
        }
    }

    private static void truth(Row row, int slot, byte[] bytes, int offset, int length) {
        boolean truth = length == 4 && bytes[offset] == 't';
        var word = truth ? "true" : "false";
        if (!row.isText(slot) || length != word.length()) {
            throw new BadEvent(row.describe(slot) + " is no boolean: expected true or false");
        }
        for (int i = 0; i < length; i++) {
            if (bytes[offset + i] != word.charAt(i)) {
                throw new BadEvent(row.describe(slot) + " is no boolean: expected true or false");
            }
        }
        row.setBoolean(slot, truth);
    }
}
