package io.millrace.split;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Packed columns: numbers of 4 or 8 bytes, little-endian, one after the other.
final class Columns {
    private Columns() {}

    /// Room for `count` numbers of `width` bytes.
    static ByteBuffer room(int count, int width) {
        return ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// A view of a packed column, from its first number on.
    static ByteBuffer view(ByteBuffer column) {
        return column.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    static ByteBuffer pack(float[] from, int count) {
        var column = room(count, Float.BYTES);
        column.asFloatBuffer().put(from, 0, count);
        return column;
    }

    static ByteBuffer pack(long[] from, int count) {
        var column = room(count, Long.BYTES);
        column.asLongBuffer().put(from, 0, count);
        return column;
    }

    static void unpack(ByteBuffer column, float[] into, int count) {
        view(column).asFloatBuffer().get(into, 0, count);
    }

    static void unpack(ByteBuffer column, long[] into, int count) {
        view(column).asLongBuffer().get(into, 0, count);
    }

    /// CRC-32C over columns in their order; those left out count as empty.
    static int crc(@Nullable ByteBuffer... columns) {
        var crc = new CRC32C();
        for (var column : columns) {
            if (column != null) {
                crc.update(column.duplicate());
            }
        }
        return (int) crc.getValue();
    }
}
