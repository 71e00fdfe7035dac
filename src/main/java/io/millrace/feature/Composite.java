package io.millrace.feature;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.event.TimeConfig;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Several values as one sequence of bytes: for each its length (4 bytes, little-endian), then its canonical text. One
/// buffer, reused.
final class Composite {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] slots;
    private final @Nullable TimePart[] parts;
    private final byte[][][] texts;
    private final TimeConfig.Unit unit;
    private byte[] bytes = new byte[256];
    private int length;

    /// @param parts fields, or time parts of fields
    Composite(List<String> parts, Fields fields, TimeConfig.Unit unit) {
        this.slots = parts.stream()
                .mapToInt(part -> fields.require(TimePart.field(part)))
                .toArray();
        this.parts = parts.stream().map(TimePart::in).toArray(TimePart[]::new);
        this.texts = parts.stream().map(Composite::texts).toArray(byte[][][]::new);
        this.unit = unit;
    }

    private static byte[][] texts(String part) {
        var kind = TimePart.in(part);
        return kind == null ? new byte[0][] : kind.texts();
    }

    /// Takes the values of a row.
    ///
    /// @return false if one is missing
    boolean fill(Row row) {
        length = 0;
        for (int i = 0; i < slots.length; i++) {
            int slot = slots[i];
            if (row.isMissing(slot)) {
                return false;
            }
            var part = parts[i];
            if (part == null) {
                append(row.text(slot), row.textOffset(slot), row.textLength(slot));
            } else {
                var text = texts[i][part.at(unit.millis(row, slot))];
                append(text, 0, text.length);
            }
        }
        return true;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private void append(byte[] text, int offset, int size) {
        if (bytes.length - length < size + 4) {
            bytes = Arrays.copyOf(bytes, 2 * (length + size + 4));
        }
        INT.set(bytes, length, size);
        System.arraycopy(text, offset, bytes, length + 4, size);
        length += 4 + size;
    }
}
