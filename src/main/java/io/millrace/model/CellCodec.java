package io.millrace.model;

import io.millrace.learn.Cells;
import io.millrace.schema.Chunk;
import io.millrace.schema.StatePage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Sparse cells as bytes and back: the pages of the trainer's changelog and the chunks of a version.
///
/// - **Shape**: ascending indices, then the floats of each cell side by side.
/// - **Units**: an index is an unsigned LEB128 varint of the difference to the one before (the first: to 0); a float
/// has four
///   bytes, little-endian; the checksum is CRC-32C over the index bytes, then the float bytes.
/// - **Errors**: nothing is changed or allocated before count, lengths and checksum agree.
/// - **Source**: LEB128 as in DWARF 5, section 7.6; CRC-32C as in RFC 3720, appendix B.4.
public final class CellCodec {
    /// Most bytes of one varint: an index has at most 28 bits.
    static final int VARINT_BYTES = 4;

    private CellCodec() {}

    /// The cells of one page that are not all 0; none at all is a page too. A weight of -0 is kept, so that a restore
    /// gives the
    /// same bits.
    public static StatePage encode(Cells cells, int page) {
        var stride = cells.stride;
        var size = cells.page();
        var first = page * Cells.PAGE * stride;
        var indices = ByteBuffer.allocate(size * VARINT_BYTES);
        var values = littleEndian(ByteBuffer.allocate(size * stride * Float.BYTES));
        var count = 0;
        var before = 0;
        for (var index = 0; index < size; index++) {
            var at = first + index * stride;
            if (isEmpty(cells.data, at, stride)) {
                continue;
            }
            putVarint(indices, index - before);
            for (var k = 0; k < stride; k++) {
                values.putFloat(cells.data[at + k]);
            }
            before = index;
            count++;
        }
        indices.flip();
        values.flip();
        return new StatePage(page, stride, count, exact(indices), exact(values), crc(indices, values));
    }

    /// Makes one page of `into` what it was when it was encoded: cells that are not in `page` become 0. Marks nothing
    /// dirty.
    ///
    /// @throws IllegalArgumentException if the page is not one of these cells, or its bytes are broken; `into`
    ///     is unchanged then
    public static void decode(StatePage page, Cells into) {
        var stride = into.stride;
        var size = into.page();
        require(
                page.getPage() >= 0 && page.getPage() < into.pages(),
                "page",
                page.getPage(),
                "0 to " + (into.pages() - 1));
        require(page.getStride() == stride, "stride", page.getStride(), Integer.toString(stride));
        var indices = indices(page.getCount(), page.getIndices(), page.getValues(), stride, page.getCrc(), size);

        var first = page.getPage() * Cells.PAGE * stride;
        Arrays.fill(into.data, first, first + size * stride, 0);
        var values = littleEndian(page.getValues());
        for (var index : indices) {
            for (var k = 0; k < stride; k++) {
                into.data[first + index * stride + k] = values.getFloat();
            }
        }
        into.rewrite(page.getPage());
    }

    /// The cells `from` to `to` (exclusive) of a version, `indices` ascending.
    ///
    /// @param weights all parameters of each cell side by side
    static Chunk chunk(
            String lineage, long version, int chunk, int[] indices, float[] weights, int parameters, int from, int to) {
        var count = to - from;
        var deltas = ByteBuffer.allocate(count * VARINT_BYTES);
        var values = littleEndian(ByteBuffer.allocate(count * parameters * Float.BYTES));
        var before = 0;
        for (var i = from; i < to; i++) {
            putVarint(deltas, indices[i] - before);
            before = indices[i];
        }
        for (var k = from * parameters; k < to * parameters; k++) {
            values.putFloat(weights[k]);
        }
        deltas.flip();
        values.flip();
        return new Chunk(lineage, version, chunk, count, exact(deltas), values, crc(deltas, values));
    }

    /// The indices of a page or chunk, ascending and less than `size`, once count, lengths and checksum are right.
    ///
    /// @param floats a cell
    /// @throws IllegalArgumentException what is wrong, with both figures
    static int[] indices(int count, ByteBuffer deltas, ByteBuffer values, int floats, int crc, int size) {
        require(count >= 0 && count <= size, "count", count, "0 to " + size);
        require(
                values.remaining() == (long) count * floats * Float.BYTES,
                "bytes of values",
                values.remaining(),
                Long.toString((long) count * floats * Float.BYTES));
        require(
                deltas.remaining() >= count && deltas.remaining() <= (long) count * VARINT_BYTES,
                "bytes of indices",
                deltas.remaining(),
                count + " to " + (long) count * VARINT_BYTES);
        var computed = crc(deltas, values);
        require(crc == computed, "crc", crc, Integer.toString(computed));

        var bytes = deltas.duplicate();
        var indices = new int[count];
        var before = 0L;
        for (var i = 0; i < count; i++) {
            var delta = varint(bytes);
            require(delta > 0 || i == 0, "index", before, "more than the one before");
            before += delta;
            require(before < size, "index", before, "less than " + size);
            indices[i] = (int) before;
        }
        require(!bytes.hasRemaining(), "bytes after the last index", bytes.remaining(), "0");
        return indices;
    }

    /// A view of the floats of a page or chunk.
    static ByteBuffer littleEndian(ByteBuffer bytes) {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static boolean isEmpty(float[] data, int at, int stride) {
        for (var k = 0; k < stride; k++) {
            if (Float.floatToRawIntBits(data[at + k]) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void putVarint(ByteBuffer into, int value) {
        var rest = value;
        while (rest > 0x7f) {
            into.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        into.put((byte) rest);
    }

    private static int varint(ByteBuffer bytes) {
        var value = 0;
        for (var shift = 0; shift < VARINT_BYTES * 7; shift += 7) {
            require(bytes.hasRemaining(), "bytes of indices", bytes.limit(), "more: the last index is cut short");
            var next = bytes.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("an index has more than " + VARINT_BYTES + " bytes");
    }

    private static int crc(ByteBuffer indices, ByteBuffer values) {
        var crc = new CRC32C();
        crc.update(indices.duplicate());
        crc.update(values.duplicate());
        return (int) crc.getValue();
    }

    /// A copy without the room that was not needed: records are kept for a while.
    private static ByteBuffer exact(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    private static void require(boolean right, String what, long value, String expected) {
        if (!right) {
            throw new IllegalArgumentException(what + " = " + value + " is wrong: expected " + expected);
        }
    }
}
