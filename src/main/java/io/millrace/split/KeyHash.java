package io.millrace.split;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.feature.KeyBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The hash of a key of several parts: the first half of MurmurHash3 x64 128, seed 0, over their [KeyBytes].
final class KeyHash {
    private static final byte[] EMPTY = {};

    private final int[] slots;
    private final int start;
    private final KeyBytes key = new KeyBytes();

    /// @param names fields of a row, whose canonical text is hashed; a missing one counts as empty
    /// @param before text that comes before the fields, a part each
    KeyHash(List<String> names, Fields fields, String... before) {
        slots = names.stream().mapToInt(fields::require).toArray();
        for (var part : before) {
            add(part);
        }
        start = key.length();
    }

    /// Hashes the fields of a row.
    long of(Row row) {
        key.truncate(start);
        for (var slot : slots) {
            if (row.isMissing(slot)) {
                key.add(EMPTY, 0, 0);
            } else {
                key.add(row.text(slot), row.textOffset(slot), row.textLength(slot));
            }
        }
        return key.hash();
    }

    /// Hashes text in place of the fields.
    long of(String text) {
        key.truncate(start);
        add(text);
        return key.hash();
    }

    private void add(String part) {
        var text = part.getBytes(StandardCharsets.UTF_8);
        key.add(text, 0, text.length);
    }
}
