package io.millrace.event;

import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// Reads events that are records of CSV (RFC 4180): cells parted by commas, quoted where they hold a comma, a quote or
/// a line end.
///
/// - **Shape**: as many cells as there are columns; a line end after the last one is allowed.
/// - **Errors**: another count of cells, and quotes where RFC 4180 has none, are [BadEvent]s.
///
/// An empty cell is missing. A schema gives the cells their types: then an empty cell of a `string` that can't be null
/// is empty text, as it would be in Avro, and one of a number that can't be null is a [BadEvent].
public final class CsvDecoder implements EventDecoder {
    private static final int SKIPPED = -1;

    private final Fields fields;
    private final int[] slots;
    private final CellType[] types;
    private final boolean[] nullable;
    private final CsvCells cells = new CsvCells();

    /// @param columns names of the columns in their order
    /// @param schema text of an Avro schema with the types of the fields, or null
    /// @throws IllegalArgumentException if a field has no column or two, or no type in the schema
    public CsvDecoder(List<String> columns, Fields fields, @Nullable String schema) {
        this(columns, fields, schema == null ? null : AvroType.parse(schema));
    }

    CsvDecoder(List<String> columns, Fields fields, @Nullable Schema schema) {
        this.fields = fields;
        slots = columns.stream().mapToInt(fields::slot).toArray();
        types = new CellType[slots.length];
        nullable = new boolean[slots.length];
        Arrays.fill(types, CellType.ANY);
        Arrays.fill(nullable, true);
        for (var name : fields.names()) {
            int column = columns.indexOf(name);
            if (column < 0 || column != columns.lastIndexOf(name)) {
                throw new IllegalArgumentException("field " + name + " has "
                        + (column < 0 ? "no column" : "two columns") + ": expected one of " + columns);
            }
        }
        if (schema != null) {
            AvroType.of(schema, fields);
            for (int i = 0; i < slots.length; i++) {
                if (slots[i] != SKIPPED) {
                    var type = schema.getField(columns.get(i)).schema();
                    types[i] = CellType.of(type);
                    nullable[i] = CellType.isNullable(type);
                }
            }
        }
    }

    @Override
    public void decode(byte[] bytes, int offset, int length, Row row) {
        row.clear();
        cells.over(bytes, offset, length);
        int column = 0;
        for (; cells.next(); column++) {
            if (column == slots.length) {
                throw new BadEvent("event has more than " + slots.length + " cells");
            }
            set(column, row, cells.bytes, cells.offset, cells.length);
        }
        if (column < slots.length) {
            throw new BadEvent("event has " + column + " cells: expected " + slots.length);
        }
    }

    private void set(int column, Row row, byte[] bytes, int offset, int length) {
        int slot = slots[column];
        if (slot == SKIPPED || (length == 0 && nullable[column])) {
            return;
        }
        if (length == 0 && types[column] != CellType.TEXT) {
            throw new BadEvent(fields.names().get(slot) + " is empty: expected a value");
        }
        types[column].set(row, slot, bytes, offset, length);
    }
}
