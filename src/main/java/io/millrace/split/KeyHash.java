package io.millrace.split;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.feature.Murmur3;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The hash of a key of several parts: the first half of MurmurHash3 x64 128, seed 0, over each part's length (4 bytes,
/// little-endian) and bytes. The lengths keep `ab, c` and `a, bc` apart. One buffer, reused.
final class KeyHash {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] slots;
    private final int start;
    private byte[] bytes = new byte[256];
    private int length;

    /// @param names fields of a row, whose canonical text is hashed; a missing one counts as empty
    /// @param before text that comes before the fields, a part each
    KeyHash(List<String> names, Fields fields, String... before) {
        slots = names.stream().mapToInt(fields::require).toArray();
        for (var part : before) {
            add(part);
        }
        start = length;
    }

    /// Hashes the fields of a row.
    long of(Row row) {
        length = start;
        for (var slot : slots) {
            if (row.isMissing(slot)) {
                add(bytes, 0, 0);
            } else {
                add(row.text(slot), row.textOffset(slot), row.textLength(slot));
            }
        }
        return Murmur3.hash64(bytes, 0, length, 0);
    }

    /// Hashes text in place of the fields.
    long of(String text) {
        length = start;
        add(text);
        return Murmur3.hash64(bytes, 0, length, 0);
    }

    private void add(String part) {
        var text = part.getBytes(StandardCharsets.UTF_8);
        add(text, 0, text.length);
    }

    private void add(byte[] text, int offset, int size) {
        var end = length + Integer.BYTES + size;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * end);
        }
        INT.set(bytes, length, size);
        System.arraycopy(text, offset, bytes, length + Integer.BYTES, size);
        length = end;
    }
}
