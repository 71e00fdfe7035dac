package io.millrace.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;

/// The classes of a label by their names.
final class ClassNames {
    private final List<String> names;
    private final byte[][] texts;

    /// @param names no two alike
    ClassNames(List<String> names) {
        this.names = names;
        texts = names.stream().map(name -> name.getBytes(UTF_8)).toArray(byte[][]::new);
    }

    /// The place among the classes of what a slot holds.
    ///
    /// @throws BadEvent if it is none of them
    int of(Row row, int slot) {
        var text = row.text(slot);
        var from = row.textOffset(slot);
        var to = from + row.textLength(slot);
        for (var k = 0; k < texts.length; k++) {
            if (Arrays.equals(texts[k], 0, texts[k].length, text, from, to)) {
                return k;
            }
        }
        throw new BadEvent(row.describe(slot) + " is no class: expected one of " + String.join(", ", names));
    }
}
