package io.millrace.feature;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.event.TimeConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The canonical texts of several values of a row as [KeyBytes].
final class Composite {
    private final int[] slots;
    private final @Nullable TimePart[] parts;
    private final byte[][][] texts;
    private final TimeConfig.Unit unit;
    private final KeyBytes key = new KeyBytes();

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
        key.truncate(0);
        for (int i = 0; i < slots.length; i++) {
            int slot = slots[i];
            if (row.isMissing(slot)) {
                return false;
            }
            var part = parts[i];
            if (part == null) {
                key.add(row.text(slot), row.textOffset(slot), row.textLength(slot));
            } else {
                var text = texts[i][part.at(unit.millis(row, slot))];
                key.add(text, 0, text.length);
            }
        }
        return true;
    }

    /// The values of a row of which none is missing, as texts.
    List<String> texts(Row row) {
        var all = new ArrayList<String>();
        for (int i = 0; i < slots.length; i++) {
            var part = parts[i];
            all.add(
                    part == null
                            ? row.string(slots[i])
                            : new String(texts[i][part.at(unit.millis(row, slots[i]))], UTF_8));
        }
        return all;
    }

    byte[] bytes() {
        return key.bytes();
    }

    int length() {
        return key.length();
    }
}
